// What the phone goes by where the server has not said.

import { GATES_M, NEAR_M } from "../../../addrsvc/web/static/field/checks.js";

export const gates = () => GATES_M;
export const near = () => NEAR_M;
