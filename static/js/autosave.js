// Each answer saves by itself. Without this file the page is one form with buttons, and loses nothing either.
(() => {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const TYPING = 800; // ms of silence after which a text is saved
  const PICKING = 150; // arrow keys pass over grades on the way to the right one
  const RETRIES = [5000, 15000, 60000];
  const PATIENCE = 20000;
  const DRAFT_DAYS = 30;
  const text = form.dataset; // every text comes translated with the page
  const user = form.dataset.user;

  // What could not be saved yet is kept on this device, per person.
  const drafts = {
    key: (pk) => `draft/${user}/${pk}`,
    read(pk) {
      try {
        return JSON.parse(localStorage.getItem(this.key(pk)));
      } catch {
        return null;
      }
    },
    write(pk, draft) {
      try {
        localStorage.setItem(this.key(pk), JSON.stringify({ ...draft, at: Date.now() }));
      } catch {
        // A full or forbidden store: the text still stands in its field.
      }
    },
    drop(pk) {
      try {
        localStorage.removeItem(this.key(pk));
      } catch {
        // As above.
      }
    },
    waiting() {
      try {
        const prefix = this.key("");
        return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      } catch {
        return [];
      }
    },
  };

  const token = () =>
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

  // Resolves to {status, data}; {status: 0} when signed out; rejects when nothing answers.
  const post = async (url, body, options = {}) => {
    body.append("form_end", form.elements.form_end?.value ?? "end"); // last: without it the server takes nothing
    const reply = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body,
      redirect: "manual",
      credentials: "same-origin",
      signal: options.keepalive ? undefined : AbortSignal.timeout(PATIENCE),
      ...options,
    });
    if (reply.type === "opaqueredirect") return { status: 0, data: {} };
    if (!reply.headers.get("Content-Type")?.includes("json")) throw new Error(`unexpected reply ${reply.status}`);
    return { status: reply.status, data: await reply.json() };
  };

  const tidy = (value) => String(value ?? "").replace(/\r\n?/g, "\n").trim();
  const same = (one, other) => Object.keys(one).every((name) => tidy(one[name]) === tidy(other[name]));
  const packed = (prefix, version, fields) => {
    const body = new FormData();
    body.set(`${prefix}-version`, version);
    for (const [name, value] of Object.entries(fields)) body.set(`${prefix}-${name}`, value);
    return body;
  };

  class Answer {
    constructor(row) {
      this.row = row;
      this.pk = row.dataset.pk;
      this.prefix = row.dataset.answer;
      this.status = this.part("[data-status]");
      this.statusText = this.part("[data-status-text]");
      this.retryButton = this.part("[data-retry]");
      this.signIn = this.part("[data-sign-in]");
      this.versionField = this.field("version");
      // A page that came back from the server with something to put right shows what was typed, not what is stored.
      // So does one into which was put back what had been typed before a session ended.
      const isStored = !["conflict", "invalid"].includes(this.status.dataset.state) && !("kept" in form.dataset);
      this.saved = isStored ? this.readDelivered() : null;
      this.isLeft = this.status.dataset.state === "invalid"; // what is missing was said: no word of it is early now
      this.attempts = 0;
      this.stored = null; // what somebody else saved, while a person decides
      this.unsure = null; // what was sent without an answer coming back
    }

    // One row may stand within another: the note of what the vendor said within the answer.
    parts(selector) {
      return [...this.row.querySelectorAll(selector)].filter((part) => part.closest("[data-answer]") === this.row);
    }

    part(selector) {
      return this.parts(selector)[0];
    }

    field(name) {
      return form.elements[`${this.prefix}-${name}`];
    }

    controls() {
      const own = [...this.row.querySelectorAll("textarea, select, input[type=text], input[type=radio]")];
      return own.filter((control) => control.name.startsWith(`${this.prefix}-`));
    }

    read() {
      const fields = {};
      for (const control of this.controls()) {
        const name = control.name.slice(this.prefix.length + 1);
        if (control.type !== "radio") fields[name] = control.value;
        else if (control.checked) fields[name] = control.value;
        else fields[name] ??= "";
      }
      return fields;
    }

    // What the page came with. Whoever types or picks before this file has loaded is ahead of it, and is not forgotten.
    readDelivered() {
      const fields = {};
      for (const control of this.controls()) {
        const name = control.name.slice(this.prefix.length + 1);
        if (control.type === "radio") fields[name] = control.defaultChecked ? control.value : (fields[name] ?? "");
        else if (control.options) fields[name] = ([...control.options].find((one) => one.defaultSelected) ?? control.options[0])?.value;
        else fields[name] = control.defaultValue;
      }
      return fields;
    }

    fill(fields) {
      for (const control of this.controls()) {
        const value = fields[control.name.slice(this.prefix.length + 1)];
        if (value === undefined) continue;
        if (control.type === "radio") control.checked = control.value === String(value);
        else control.value = value;
      }
    }

    get isClean() {
      return this.saved !== null && same(this.read(), this.saved);
    }

    // A choice that needs words (“not applicable”, “we see it differently”), and words that need a choice, are no
    // error while somebody is still there: they wait for each other until another place of the page is entered.
    get isHalf() {
      if (this.isLeft) return false;
      const fields = this.read();
      return this.parts("textarea[data-needed-for], textarea[data-needs]").some((place) => {
        const [name, value] = (place.dataset.neededFor ?? "").split(":");
        const isSaid = Boolean(tidy(place.value));
        return isSaid ? fields[place.dataset.needs] === "" : fields[name] === value;
      });
    }

    leave() {
      if (this.status.dataset.state !== "waiting") return;
      this.isLeft = true;
      this.save();
    }

    get isStuck() {
      return ["offline", "failed", "signed-out"].includes(this.status.dataset.state);
    }

    show(state, message) {
      this.status.dataset.state = state;
      if (this.statusText.textContent !== message) this.statusText.textContent = message;
      this.retryButton.hidden = state !== "failed" && state !== "signed-out";
      this.signIn.hidden = state !== "signed-out";
      if (state === "signed-out") {
        this.signIn.href = text.loginUrl;
        this.signIn.textContent = text.textSignIn;
      }
    }

    showErrors(errors) {
      for (const place of this.parts("[data-error]")) {
        const message = errors[place.dataset.error] ?? "";
        place.textContent = message;
        place.hidden = !message;
        const control = this.field(place.dataset.error);
        if (control instanceof Element) control.toggleAttribute("aria-invalid", Boolean(message));
        if (message && control instanceof Element) control.setAttribute("aria-invalid", "true");
      }
    }

    showConflict(html) {
      if (html === this.conflictHtml) return; // a button under the pointer stays the same button
      this.conflictHtml = html;
      this.row.classList.toggle("q-in-conflict", Boolean(html));
      this.part("[data-conflict]").innerHTML = html; // made and escaped by the server
    }

    closeConflict() {
      this.stored = null;
      this.showConflict("");
    }

    changed(delay) {
      drafts.write(this.pk, { fields: this.read(), version: this.versionField.value, prefix: this.prefix, url: this.row.dataset.url });
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), delay);
    }

    // Saves one after the other; whatever is typed meanwhile is taken along.
    save() {
      clearTimeout(this.timer);
      this.wanted = true;
      this.running ??= this.run().finally(() => {
        this.running = null;
      });
      return this.running;
    }

    async run() {
      while (this.wanted) {
        this.wanted = false;
        if (!(await this.send())) return;
      }
    }

    async send() {
      const fields = this.read();
      if (this.isClean && !this.unsure) {
        this.settle(this.savedMessage ?? this.statusText.textContent);
        return true;
      }
      if (this.isHalf) {
        this.showErrors({});
        return this.wait("waiting", text.textWaiting);
      }
      if (!navigator.onLine) return this.wait("offline", text.textOffline);
      this.show("saving", text.textSaving);
      const version = this.versionField.value;
      let reply;
      try {
        reply = await post(this.row.dataset.url, packed(this.prefix, version, fields));
      } catch {
        this.unsure = fields;
        return navigator.onLine ? this.wait("failed", text.textFailed) : this.wait("offline", text.textOffline);
      }
      return this.take(reply, fields, version);
    }

    take({ status, data }, fields, version) {
      const unsure = this.unsure;
      if (status !== 0) this.unsure = null;
      if (status === 0) return this.wait("signed-out", text.textSignedOut);
      if (data.state === "saved") return this.keep(data, fields);
      if (data.state === "conflict") {
        if (version !== this.versionField.value) return this.resume(); // decided while this was under way
        if (unsure && same(unsure, data.stored)) return this.resume(data.stored.version); // it was I: the reply was lost
        // Whoever writes on while both texts are shown meets the conflict again, with the newer words.
        this.stored = data.stored;
        this.showConflict(data.html);
        this.show("conflict", data.message);
        return false;
      }
      if (data.state === "invalid") {
        this.showErrors(data.errors);
        this.show("invalid", data.message);
        return false;
      }
      this.show("closed", data.message ?? text.textFailed);
      return false;
    }

    keep(data, fields) {
      this.versionField.value = data.version;
      this.saved = fields;
      this.attempts = 0;
      if (this.stored) this.closeConflict();
      this.showErrors({});
      this.settleSummary();
      this.part("[data-carried]")?.remove(); // whoever saves has looked at it
      this.savedMessage = data.message;
      if (this.isClean) this.settle(data.message);
      else this.wanted = true;
      if (data.scored) refreshScore();
      return true;
    }

    // What the box at the top of the page says of this row is put right; with the last of it the box goes.
    settleSummary() {
      const summary = document.querySelector(".error-summary");
      const links = [...(summary?.querySelectorAll("li a") ?? [])];
      const ours = links.filter((link) => this.row.contains(document.getElementById(link.hash.slice(1))));
      for (const link of ours) link.closest("li").remove();
      if (ours.length && ours.length === links.length) summary.remove();
    }

    resume(version = this.versionField.value) {
      this.versionField.value = version;
      this.wanted = true;
      return true;
    }

    settle(message) {
      drafts.drop(this.pk);
      this.showErrors({});
      this.show(message ? "saved" : "", message);
    }

    wait(state, message) {
      this.show(state, message);
      clearTimeout(this.timer);
      if (state === "failed") {
        const delay = RETRIES[Math.min(this.attempts, RETRIES.length - 1)];
        this.attempts += 1;
        this.timer = setTimeout(() => this.save(), delay);
      }
      return false;
    }

    // A person has seen both texts: what stands in the fields replaces the other.
    keepMine() {
      this.versionField.value = this.stored.version;
      this.closeConflict();
      this.part("textarea, input[type=radio]").focus();
      return this.save();
    }

    takeTheirs() {
      const { version, ...fields } = this.stored;
      clearTimeout(this.timer);
      this.fill(fields);
      this.versionField.value = version;
      this.saved = this.read();
      this.closeConflict();
      this.settle(text.textTheirs);
      this.part("textarea, input[type=radio]").focus();
      refreshScore();
    }

    // After a reload: what had not been saved comes back, with the version that it was written on. What was typed
    // before this file had loaded stands above it.
    restore() {
      const early = this.typedEarly();
      const draft = drafts.read(this.pk);
      if (!draft?.fields) {
        if (Object.keys(early).length) this.changed(TYPING);
        return;
      }
      draft.fields = { ...draft.fields, ...early };
      if (same(draft.fields, this.read())) {
        if (this.isClean) drafts.drop(this.pk);
        return;
      }
      this.fill(draft.fields);
      this.versionField.value = draft.version;
      this.show("restored", text.textRestored);
      this.save();
    }

    typedEarly() {
      if (this.saved === null) return {};
      return Object.fromEntries(Object.entries(this.read()).filter(([name, value]) => tidy(value) !== tidy(this.saved[name])));
    }

    sendOnLeaving() {
      if (this.stored || this.isClean || !navigator.onLine) return;
      const body = packed(this.prefix, this.versionField.value, this.read());
      post(this.row.dataset.url, body, { keepalive: true }).catch(() => {});
    }

    // One after the other: what is chosen meanwhile waits, and a page that is sent waits for all of them.
    upload(input) {
      const files = [...input.files];
      this.uploading = (this.uploading ?? Promise.resolve()).then(() => this.sendFiles(input, files));
    }

    async sendFiles(input, files) {
      const body = new FormData();
      for (const file of files) body.append(input.name, file);
      this.show("saving", text.textUploading);
      try {
        await this.showFiles(await post(this.row.dataset.evidenceUrl, body, { signal: AbortSignal.timeout(10 * PATIENCE) }));
        // The page that is sent must not bring them a second time; others may have been chosen meanwhile.
        if ([...input.files].every((file) => files.includes(file))) input.value = "";
      } catch {
        this.show("upload-failed", text.textNotUploaded);
      }
    }

    async deleteFile(button) {
      try {
        await this.showFiles(await post(button.dataset.deleteUrl, new FormData()));
      } catch {
        this.show("upload-failed", text.textFailed);
      }
      this.field("evidence").focus();
    }

    async showFiles({ status, data }) {
      if (status === 0) {
        this.wait("signed-out", text.textSignedOut);
        throw new Error("signed out");
      }
      this.part("[data-files]").innerHTML = data.html; // made and escaped by the server
      this.settleFiles();
      refreshScore();
    }

    settleFiles() {
      if (this.isClean) this.show(this.savedMessage ? "saved" : "", this.savedMessage ?? "");
      else this.save();
    }
  }

  const answers = [...form.querySelectorAll("[data-answer]")].map((row) => new Answer(row));
  const answerOf = (element) => answers.find((answer) => answer.row === element.closest("[data-answer]"));
  const isText = (element) => element.matches("textarea, input[type=text]");

  // The live score and the stepper are drawn by the server and put in their places. --------------------------------
  let scoreTimer;
  let scoreTurn = 0;
  const refreshScore = () => {
    if (!form.dataset.scoreUrl) return; // the vendor sees no score, a borrowed question none of the others
    clearTimeout(scoreTimer);
    scoreTimer = setTimeout(drawScore, 200);
  };
  const drawScore = async () => {
    const turn = ++scoreTurn;
    try {
      const reply = await fetch(form.dataset.scoreUrl, { redirect: "error", credentials: "same-origin" });
      if (!reply.ok) return;
      const html = await reply.text();
      if (turn === scoreTurn) swap(new DOMParser().parseFromString(html, "text/html"));
    } catch {
      // The score stays as it was; the next save brings it.
    }
  };
  const swap = (fresh) => {
    const headline = () => document.querySelector("[data-headline]")?.textContent.trim();
    const before = headline();
    const focused = document.activeElement?.closest("[data-live] a")?.getAttribute("href");
    for (const part of fresh.querySelectorAll("[data-live]")) {
      document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
    }
    if (focused) document.querySelector(`[data-live] a[href="${CSS.escape(focused)}"]`)?.focus();
    if (headline() !== before) document.querySelector("[data-score-said]").textContent = headline();
  };

  // What people do. ------------------------------------------------------------------------------------------------
  form.addEventListener("input", ({ target }) => {
    if (target.type === "file") return;
    answerOf(target)?.changed(isText(target) ? TYPING : PICKING);
  });

  form.addEventListener("change", ({ target }) => {
    const answer = answerOf(target);
    if (!answer) return;
    if (target.type === "file") {
      if (target.files.length && navigator.onLine) answer.upload(target);
    } else if (isText(target) && !answer.isClean && !answer.stored) answer.changed(0);
  });

  document.addEventListener("focusin", ({ target }) => {
    for (const answer of answers) if (!answer.row.contains(target)) answer.leave();
  });

  form.addEventListener("keydown", (event) => {
    if (!/^[0-4]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.type !== "radio") return;
    const name = CSS.escape(event.target.name);
    const radio = form.querySelector(`input[type=radio][name="${name}"][value="${event.key}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const answer = button && answerOf(button);
    if (!answer) return;
    if (button.matches("[data-retry]")) answer.save();
    else if (button.name === "keep" && answer.stored) answer.keepMine();
    else if (button.name === "take" && answer.stored) answer.takeTheirs();
    else if (button.matches("[data-delete-url]") && navigator.onLine) answer.deleteFile(button);
    else return;
    event.preventDefault();
  });

  // The buttons at the end still post the page; but first comes what is under way, so that nobody meets themselves.
  form.addEventListener("submit", async (event) => {
    if (form.dataset.flushed) {
      delete form.dataset.flushed;
      return;
    }
    event.preventDefault();
    const isDecided = (answer) => answer.stored || answer === answerOf(event.submitter ?? form);
    await Promise.all(answers.map((answer) => answer.uploading));
    await Promise.all(answers.map((answer) => (isDecided(answer) ? null : answer.save())));
    const stuck = answers.find((answer) => answer.isStuck);
    if (stuck) {
      stuck.status.scrollIntoView({ block: "center" });
      return;
    }
    // Not before this event is over: a form that is just being submitted ignores being asked again.
    setTimeout((submitter) => {
      form.dataset.flushed = "yes";
      form.requestSubmit(submitter);
    }, 0, event.submitter);
  });

  window.addEventListener("online", () => {
    for (const answer of answers) if (answer.isStuck) answer.save();
    sendOthers();
  });
  window.addEventListener("offline", () => {
    for (const answer of answers) if (!answer.isClean) answer.show("offline", text.textOffline);
  });
  window.addEventListener("pagehide", () => answers.forEach((answer) => answer.sendOnLeaving()));

  // Drafts of other rules, kept while offline: they are sent from wherever one is next.
  const sendOthers = async () => {
    for (const pk of drafts.waiting()) {
      const draft = drafts.read(pk);
      if (!draft?.fields || Date.now() - draft.at > DRAFT_DAYS * 86400000) drafts.drop(pk);
      else if (!answers.some((answer) => answer.pk === pk) && navigator.onLine) {
        try {
          const { data } = await post(draft.url, packed(draft.prefix, draft.version, draft.fields));
          if (data.state === "saved") drafts.drop(pk);
          if (data.scored) refreshScore();
        } catch {
          // It waits on for its own page.
        }
      }
    }
  };

  for (const answer of answers) answer.restore();
  sendOthers();
  form.dataset.ready = "yes";
})();
