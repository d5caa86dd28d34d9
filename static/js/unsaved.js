// Who leaves a form of the admin with something typed in it is asked by the browser first. Without this file nothing is.
(() => {
  "use strict";

  const forms = [...document.querySelectorAll("#content form[method=post]")];
  const said = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
  const stored = new Map();
  const remember = (form) => stored.set(form, said(form));
  let sent = null; // its own form is on its way: what is typed there is not lost

  window.addEventListener("load", () => forms.forEach(remember));
  window.addEventListener("pageshow", () => (sent = null));
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent = event.target;
  });
  // A form that came back with errors holds what was typed already, and nothing of it is saved.
  const isUnsaved = (form) =>
    form !== sent && stored.has(form) && (form.querySelector(".errorlist") || said(form) !== stored.get(form));
  window.addEventListener("beforeunload", (event) => {
    if (forms.some(isUnsaved)) event.preventDefault();
  });
})();
