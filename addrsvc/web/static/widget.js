// Puts the digital address lookup of this service into a page of yours:
//   <script src="https://SERVICE/widget.js" async></script>
//   <addrsvc-lookup lang="vi"></addrsvc-lookup>
// Attributes: lang (vi, en), q (looked up at once), server (where the script came another way).
// When somebody presses "use this address", the element gives the event "addrsvc:chosen", which
// bubbles; its detail is { code, plate, label }. Show the label by textContent, never as HTML.
(() => {
  const script = document.currentScript?.src;

  class Lookup extends HTMLElement {
    connectedCallback() {
      this.server = new URL(this.getAttribute("server") ?? script).origin;
      const spoken = this.closest("[lang]")?.lang ?? "";
      const lang = spoken.toLowerCase().startsWith("en") ? "en" : "vi";
      const asked = new URLSearchParams({ lang });
      if (this.hasAttribute("q")) asked.set("q", this.getAttribute("q"));
      const frame = document.createElement("iframe");
      frame.title = lang === "en" ? "Digital address lookup" : "Tra cứu địa chỉ số";
      frame.referrerPolicy = "no-referrer";
      // it may not lead this page away
      frame.sandbox =
        "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
      Object.assign(frame.style, { display: "block", width: "100%", height: "13rem", border: "0" });
      frame.addEventListener("load", () => {
        frame.contentWindow.postMessage({ type: "addrsvc:hello" }, this.server);
      });
      frame.src = `${this.server}/widget?${asked}`;
      this.frame = frame;
      addEventListener("message", this);
      this.replaceChildren(frame);
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      this.replaceChildren();
    }

    handleEvent({ source, origin, data }) {
      if (source !== this.frame.contentWindow || origin !== this.server) return;
      if (data?.type === "addrsvc:height" && data.height > 0) {
        this.frame.style.height = `${Math.min(data.height, 4000)}px`;
      } else if (data?.type === "addrsvc:chosen" && /^\d{10}$/.test(data.code)) {
        const detail = { code: data.code, plate: String(data.plate), label: String(data.label) };
        this.dispatchEvent(new CustomEvent("addrsvc:chosen", { bubbles: true, detail }));
      }
    }
  }

  if (!customElements.get("addrsvc-lookup")) customElements.define("addrsvc-lookup", Lookup);
})();
