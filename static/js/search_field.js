// A text to search with becomes a combobox: it asks for matches while somebody types, and the keys choose among them.
// Without this file the button beside it does the same.
(() => {
  "use strict";
  if (window.searchFields) return; // several fields bring this file to one page
  window.searchFields = true;

  const WAIT = 180; // milliseconds after the last key
  let counted = 0;

  class SearchField {
    constructor(box) {
      this.box = box;
      this.input = box.querySelector("input[type=text]");
      this.button = box.querySelector("button");
      this.offer = box.querySelector(".search-field-offer");
      this.key = box.querySelector("input[type=hidden]");
      this.active = -1;
      this.list = document.createElement("ul");
      this.list.id = `search-field-${++counted}`;
      this.list.className = "search-field-list";
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.input.labels[0]?.textContent.trim() ?? "");
      this.list.hidden = true;
      this.status = document.createElement("p");
      this.status.className = "search-field-status muted";
      this.status.setAttribute("role", "status");
      this.panel = document.createElement("div");
      this.panel.className = "search-field-panel";
      this.panel.append(this.list, this.status);
      box.append(this.panel);
      this.input.classList.add("search-field-text");
      this.button.remove(); // Enter sends the form, as in any other field
      for (const [name, value] of Object.entries({
        role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
      })) this.input.setAttribute(name, value);
      this.input.addEventListener("input", () => this.typed());
      this.input.addEventListener("keydown", (event) => this.pressed(event));
      this.input.addEventListener("click", () => this.list.hidden && this.begin());
      this.input.addEventListener("blur", () => this.close());
      this.panel.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the text
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(option);
      });
    }

    get options() {
      return [...this.list.children];
    }

    typed() {
      this.keep("");
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.ask(), WAIT);
    }

    // As a select opens: of all, once something is chosen; whoever types then begins anew.
    begin() {
      if (!this.key?.value) return void this.ask();
      this.input.select();
      this.ask("");
    }

    // The row that is chosen; what was offered below is no longer the answer.
    keep(key) {
      if (!this.key) {
        this.key = document.createElement("input");
        this.key.type = "hidden";
        this.key.autocomplete = "off";
        this.key.name = this.input.name.replace(/-typed$/, "");
        this.offer?.remove();
        this.box.append(this.key);
      }
      if (this.key.value === key) return;
      this.key.value = key;
      this.key.dispatchEvent(new Event("change", { bubbles: true }));
    }

    async ask(text = this.input.value) {
      this.asking?.abort();
      this.asking = new AbortController();
      const address = `${this.box.dataset.searchField}?q=${encodeURIComponent(text)}`;
      try {
        const answer = await fetch(address, { signal: this.asking.signal, headers: { accept: "application/json" } });
        if (answer.ok && document.activeElement === this.input) this.show(await answer.json());
      } catch (fault) {
        if (fault.name !== "AbortError") this.close(); // away: what is typed is found when the form is sent
      }
    }

    show({ matches, said }) {
      this.list.replaceChildren(...matches.map(({ key, label }, at) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${at}`;
        option.dir = "auto";
        option.dataset.key = key;
        option.textContent = label;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        return option;
      }));
      this.status.textContent = said;
      this.move(-1);
      this.open(matches.length > 0);
    }

    open(isOpen) {
      this.list.hidden = !isOpen;
      this.panel.toggleAttribute("data-says", isOpen || this.status.textContent !== "");
      this.input.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) this.panel.scrollIntoView({ block: "nearest" }); // on a phone it would lie below the screen
    }

    close() {
      clearTimeout(this.waiting);
      this.asking?.abort();
      this.status.textContent = "";
      this.open(false);
      this.move(-1);
    }

    move(to) {
      this.active = to;
      this.options.forEach((option, at) => option.setAttribute("aria-selected", String(at === to)));
      const option = this.options[to];
      if (option) this.input.setAttribute("aria-activedescendant", option.id);
      else this.input.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    }

    choose(option) {
      this.input.value = option.textContent;
      this.keep(option.dataset.key);
      this.close();
    }

    pressed(event) {
      const isOpen = !this.list.hidden;
      const count = this.options.length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen) return void this.begin();
        const step = event.key === "ArrowDown" ? 1 : -1;
        this.move(this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count);
      } else if (event.key === "Enter" && isOpen && this.active >= 0) {
        event.preventDefault();
        this.choose(this.options[this.active]);
      } else if (event.key === "Tab" && isOpen && this.active >= 0) {
        this.choose(this.options[this.active]); // and the focus goes on
      } else if (event.key === "Escape" && this.panel.hasAttribute("data-says")) {
        event.preventDefault();
        this.close();
      }
    }
  }

  const begin = (root) => {
    for (const box of root.querySelectorAll("[data-search-field]:not([data-ready])")) {
      box.dataset.ready = "yes";
      new SearchField(box);
    }
  };
  begin(document);
  document.addEventListener("htmx:afterSettle", () => begin(document));
})();
