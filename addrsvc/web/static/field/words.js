// Every sentence of the page in both languages. A record is "phiếu" (what a collector fills in),
// the telephone "máy". What counts stands before its noun, so that no sentence needs a plural.

import { FORM_WORDS } from "./words_form.js";
import { OTHER_WORDS } from "./words_other.js";

export const LANGUAGES = { vi: "Tiếng Việt", en: "English" };

const AT = Object.keys(LANGUAGES);

const START_WORDS = {
  app_name: ["Thu thập địa chỉ", "Address collection"],
  back: ["Quay lại", "Back"],
  cancel: ["Hủy", "Cancel"],
  keep: ["Giữ lại", "Keep it"],
  menu: ["Mục", "Sections"],
  to_start: ["Về trang đầu", "To the start"],
  to_settings: ["Mở Cài đặt", "Open Settings"],
  to_map: ["Xem bản đồ", "See the map"],

  count_saved: ["{count} đã lưu", "{count} saved"],
  count_received: ["{count} đã nhận", "{count} received"],
  count_accepted: ["{count} đã duyệt", "{count} accepted"],
  count_needs: ["{count} cần bạn xem lại", "{count} needs you"],
  bar_needs: ["{count} xem lại", "{count} to see"],
  bar_waiting: ["{count} chờ gửi", "{count} to send"],
  bar_all_sent: ["Đã gửi", "Sent"],

  state_all: ["Máy chủ đã nhận tất cả.", "The server has everything."],
  state_none: ["Máy chưa có phiếu nào.", "No record on this telephone yet."],
  state_sending: ["Đang gửi, còn {count} phiếu…", "Sending, {count} left…"],
  state_left: [
    "{count} phiếu chờ gửi, đang được giữ an toàn trên máy.",
    "To be sent: {count}. Safe on this telephone.",
  ],
  state_photos_left: ["Máy chủ đã nhận phiếu, còn {photos} ảnh chờ gửi.", "Photos to be sent: {photos}."],
  state_offline: [
    "Không có mạng. Bạn cứ làm việc bình thường; phiếu được giữ an toàn trên máy và sẽ tự gửi khi có mạng.",
    "No network. Work on: records stay on this telephone and are sent by themselves later.",
  ],
  state_offline_waiting: [
    "Không có mạng. {count} phiếu đang được giữ an toàn trên máy, sẽ tự gửi khi có mạng.",
    "No network. Records safe on this telephone: {count}. They are sent by themselves later.",
  ],
  state_unreached: [
    "Chưa nối được máy chủ. {count} phiếu được giữ an toàn trên máy; máy sẽ tự gửi lại.",
    "The server does not answer. Safe on this telephone: {count}. They are sent again by themselves.",
  ],
  state_unreached_none: [
    "Chưa nối được máy chủ; không có phiếu nào chờ gửi. Máy sẽ tự thử lại.",
    "The server does not answer. No record waits to be sent; it is asked again by itself.",
  ],
  needs_network: ["Cần có mạng để đăng nhập.", "Signing in needs a network."],
  state_waiting: [
    "Máy chủ chưa nhận được. Máy sẽ tự gửi lại lúc {at}; phiếu vẫn còn nguyên.",
    "The server could not take them. Sent again by itself at {at}; nothing is lost.",
  ],
  state_signed_out: [
    "Máy đã hết hạn đăng nhập nên chưa gửi được. Phiếu vẫn còn trên máy. Hãy đăng nhập lại khi có mạng.",
    "The sign-in of this telephone has ended, so nothing is sent. Records stay here. Sign in again.",
  ],
  state_revoked: [
    "Máy này đã bị khóa. Các phiếu chưa gửi sẽ được để riêng cho người quản lý kiểm tra. Hãy liên hệ người quản lý.",
    "This telephone was blocked. What it still sends is kept apart to be checked. Call your supervisor.",
  ],
  state_full: [
    "Bộ nhớ máy đã đầy. Hãy xóa bớt ảnh, video trong máy rồi mở lại trang này. Phiếu đã lưu vẫn còn.",
    "This telephone is full. Delete some pictures or videos and open this page again. Saved records are safe.",
  ],
  ask_news: ["Xem máy chủ có gì mới", "Ask the server for news"],
  send_now: ["Gửi ngay", "Send now"],
  sign_in_again: ["Đăng nhập lại", "Sign in again"],
  see_bad_photos: ["Xem {count} phiếu cần chụp lại ảnh", "See whose photo is to be taken again: {count}"],
  see_failing: ["Xem {count} phiếu không gửi được", "See what cannot be sent: {count}"],

  add_address: ["Thêm địa chỉ", "Add an address"],
  tab_areas: ["Khu vực", "Areas"],
  tab_records: ["Phiếu", "Records"],
  tab_settings: ["Cài đặt", "Settings"],
  areas_here: ["Khu vực trên máy", "Areas on this telephone"],
  drafts_here: ["Phiếu đang ghi dở", "Begun, not saved yet"],
  codes_left: ["Còn {count} mã địa chỉ", "Codes left: {count}"],
  no_areas: [
    "Máy chưa có khu vực nào. Hãy tải khu vực được giao khi còn mạng.",
    "No area on this telephone yet. Take yours along while there is a network.",
  ],
  get_areas: ["Tải khu vực", "Get an area"],

  access_ends: [
    "Máy này còn hạn đăng nhập đến ngày {day}. Hãy đăng nhập lại khi có mạng để khỏi gián đoạn.",
    "This telephone is signed in until {day}. Sign in again while there is a network.",
  ],
  access_ended: [
    "Máy này đã hết hạn đăng nhập. Bạn vẫn ghi được; phiếu được gửi sau khi đăng nhập lại.",
    "The sign-in of this telephone has ended. You can go on; records are sent once you sign in again.",
  ],
  storage_tight: [
    "Bộ nhớ máy sắp đầy. Hãy xóa bớt ảnh, video hoặc ứng dụng không dùng trước khi đi tiếp.",
    "This telephone is nearly full. Delete pictures, videos or apps before you go on.",
  ],
  loss_title: ["Dữ liệu trên máy đã bị xóa", "What was on this telephone is gone"],
  loss_unsent: [
    "Trình duyệt hoặc ai đó đã xóa dữ liệu của trang này. Có {count} phiếu máy chủ chưa nhận đủ. Hãy báo ngay cho người quản lý và ghi lại các nhà đó, cả những phiếu đang ghi dở.",
    "The browser or somebody erased the data of this page. Records the server had not received whole: {count}. Tell your supervisor now, and record those houses again, also those that were begun and not saved.",
  ],
  loss_none_unsent: [
    "Trình duyệt hoặc ai đó đã xóa dữ liệu của trang này. Máy chủ đã nhận mọi phiếu đã lưu, không mất phiếu nào. Bản nháp (nếu có) phải ghi lại. Hãy tải lại khu vực.",
    "The browser or somebody erased the data of this page. The server had received every record that was saved: none is lost. What was begun and not saved has to be recorded again. Get your area again.",
  ],
  loss_read: ["Tôi đã hiểu", "I understand"],
  no_locks: [
    "Trình duyệt trên máy này đã cũ. Bạn vẫn làm việc được; hãy cập nhật Chrome khi có mạng.",
    "The browser of this telephone is old. You can go on; update Chrome when there is a network.",
  ],
  update_there: [
    "Có bản mới của ứng dụng. Cập nhật mất vài giây, phiếu trên máy không bị ảnh hưởng.",
    "A new version is ready. It takes seconds, and touches no record.",
  ],
  update_take: ["Cập nhật", "Update"],
  update_waits: ["Máy sẽ cập nhật ngay khi gửi xong phần đang gửi.", "It is updated as soon as what is being sent is sent."],
  update_not_now: ["Lúc này chưa cập nhật được. Máy sẽ tự cập nhật sau.", "Not now. It is updated by itself later."],
  app_not_kept: [
    "Ứng dụng chưa tải đủ để mở khi không có mạng. Hãy giữ trang mở ở nơi có mạng thêm một lúc.",
    "The app is not whole on this telephone yet, and does not open without a network. Keep the page open for a while where there is one.",
  ],
  superseded: [
    "Ứng dụng đã được cập nhật trong thẻ khác, nên thẻ này không lưu thêm được nữa. Phiếu và bản nháp trên máy vẫn còn. Hãy bấm Mở lại.",
    "The app was updated in another tab, so this one keeps nothing more. Records and what was begun are safe. Tap Open again.",
  ],

  enrol_title: ["Đăng ký máy này", "Register this telephone"],
  enrol_words: [
    "Trước khi đi thu thập, máy cần được đăng ký một lần bằng tài khoản của bạn. Sau đó bạn làm việc được nhiều ngày không cần mạng.",
    "Before you set out, register this telephone once with your account. Then you can work for days without a network.",
  ],
  enrol_needs: [
    "Cần có: mạng, tên đăng nhập và mật khẩu do người quản lý cấp.",
    "You need: a network, and the name and password your supervisor gave you.",
  ],
  enrol_trouble: [
    "Chưa có tài khoản? Hãy hỏi người quản lý ở phường, xã.",
    "No account? Ask your supervisor at the commune.",
  ],
  enrol_go: ["Đăng ký máy", "Register"],

  broken_title: ["Chưa mở được", "This did not open"],
  broken_words: [
    "Có trục trặc khi mở màn hình này. Phiếu đã lưu vẫn còn trên máy. Hãy mở lại; nếu vẫn bị, xuất phiếu ra tệp trong Cài đặt và báo người quản lý.",
    "Something went wrong on this screen. Saved records are still here. Open it again; if that does not help, export to a file in Settings and tell your supervisor.",
  ],
  open_again: ["Mở lại", "Open again"],
  no_secure: [
    "Trang này chỉ chạy ở địa chỉ bắt đầu bằng https. Hãy hỏi người quản lý địa chỉ đúng.",
    "This page works only at an address that begins with https. Ask your supervisor for it.",
  ],
  no_storage: [
    "Trình duyệt không cho trang này lưu dữ liệu. Hãy tắt chế độ ẩn danh, mở trang bằng Chrome, kiểm tra bộ nhớ máy còn trống, rồi mở lại.",
    "The browser lets this page keep nothing. Leave private mode, use Chrome, check that the telephone has room, and open it again.",
  ],
};

/** All sentences, each in the order of `LANGUAGES`. */
export const WORDS = { ...START_WORDS, ...FORM_WORDS, ...OTHER_WORDS };

let spoken = "vi";

/** The language spoken: vi or en. */
export const language = () => spoken;

/** Speak a language from now on. */
export const setLanguage = (code) => {
  spoken = AT.includes(code) ? code : "vi";
  document.documentElement.lang = spoken;
};

/** Give a sentence, its facts filled in. */
export const say = (key, facts = {}) => {
  const words = WORDS[key]?.[AT.indexOf(spoken)];
  if (words === undefined) {
    console.error(`no words: ${key}`);
    return key;
  }
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
};
