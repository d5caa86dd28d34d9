// What is typed into an incident's hour is kept on this device until it is saved. Without this file nothing is kept.
(() => {
  "use strict";

  const form = document.querySelector("form[data-hour]");
  if (!form) return;

  const PATIENCE = 8000; // ms for the server to show that there is a network
  const DAYS = 2; // that a draft is kept
  const text = form.dataset; // every text comes translated with the page
  const key = `hour/${text.hour}`;
  const status = form.querySelector("[data-status]");
  const controls = () => [...form.elements].filter((one) => one.name && one.name !== "csrfmiddlewaretoken");

  const store = {
    read(name) {
      try {
        return JSON.parse(localStorage.getItem(name));
      } catch {
        return null;
      }
    },
    write(name, value) {
      try {
        localStorage.setItem(name, JSON.stringify(value));
      } catch {
        // A full or forbidden store: the words still stand in their fields.
      }
    },
    drop(name) {
      try {
        localStorage.removeItem(name);
      } catch {
        // As above.
      }
    },
  };

  const read = () => {
    const fields = {};
    for (const one of controls()) if (one.type !== "radio" || one.checked) fields[one.name] = one.value;
    return fields;
  };
  const keep = () => store.write(key, { fields: read(), at: Date.now() });
  const say = (words) => {
    status.textContent = words;
    status.hidden = !words;
  };

  // The mark at the form's end comes back with the words: what had arrived all the same is then not taken twice.
  const restore = ({ fields }) => {
    for (const one of controls()) {
      const value = fields[one.name];
      if (value === undefined) continue;
      if (one.type === "radio") one.checked = one.value === value;
      else one.value = value;
    }
    if (form.elements.time.value || form.elements.day.value) form.querySelector(".hour-when").open = true;
    form.closest("details")?.setAttribute("open", "");
    say(text.textRestored);
  };

  // An entry is dropped by the page that says that it was saved: once, for that page may be loaded again.
  const dropSaved = () => {
    const whose = `hour/${text.hour.split("/").slice(0, 2).join("/")}`;
    if (!text.saved || store.read(`${whose}/saved`) === text.saved) return;
    store.write(`${whose}/saved`, text.saved);
    for (const name of Object.keys(localStorage)) {
      const isOurs = name === whose || name.startsWith(`${whose}/`);
      if (isOurs && store.read(name)?.sent) store.drop(name);
    }
  };

  try {
    dropSaved();
  } catch {
    // No store at all.
  }
  const draft = store.read(key);
  if (draft && Date.now() - draft.at > DAYS * 86400000) store.drop(key);
  else if (draft?.fields && !("bound" in text)) restore(draft);
  form.querySelector("[data-keeps]").hidden = false;

  form.addEventListener("input", keep);
  form.addEventListener("submit", async (event) => {
    if (text.reached) {
      delete text.reached;
      return;
    }
    event.preventDefault();
    // Whatever the network does: it happened when it was first saved.
    if (!form.elements.written_at.value) form.elements.written_at.value = new Date().toISOString();
    store.write(key, { fields: read(), at: Date.now(), sent: true });
    try {
      if (!navigator.onLine) throw new Error("offline");
      await fetch(text.ask, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      keep();
      say(text.textOffline);
      status.scrollIntoView({ block: "center" });
      return;
    }
    text.reached = "yes";
    form.requestSubmit();
  });
})();
