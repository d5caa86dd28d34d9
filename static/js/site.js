// The frame's few manners. Every page works without this file.
(() => {
  "use strict";

  const openMenus = () => document.querySelectorAll("details.menu[open]");

  // A menu closes when the eye goes elsewhere; Escape gives the focus back to its button.
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    }
  });

  // What has to be put right is read first.
  const showErrors = (root) => root.querySelector(".error-summary")?.focus();
  showErrors(document);
  // What was done is read out: a live region tells what comes into it, not what stood there when the page came. The
  // focus stays where the page opened.
  window.addEventListener("load", () => setTimeout(() => {
    for (const notice of document.querySelectorAll(".messages .notice")) notice.replaceWith(notice.cloneNode(true));
  }, 200));
  document.addEventListener("htmx:afterSettle", (event) => showErrors(event.target));

  // What a disclosure holds is fetched when it opens (_fetched.html). Whoever searches or prints wants it before.
  const FETCHED = "[data-fetched]";
  const fetchAll = (which) => document.querySelectorAll(which).forEach((part) => htmx.trigger(part, "wanted"));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && ["f", "p"].includes(event.key)) fetchAll(FETCHED);
  });
  // A browser waits for nothing that comes later than this event.
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll(FETCHED)) {
      const request = new XMLHttpRequest();
      request.open("GET", part.getAttribute("hx-get"), false);
      request.setRequestHeader("HX-Request", "true");
      try {
        request.send();
      } catch {
        // The address that stands there is printed.
        return;
      }
      if (request.status === 200) htmx.swap(part, request.responseText, { swapStyle: "outerHTML" });
    }
  });
  // An address that led into a disclosure leads on to its place in what came.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = location.hash && event.target.querySelector(`#${CSS.escape(location.hash.slice(1))}`);
    if (!place || !event.detail.requestConfig?.elt.matches(FETCHED)) return;
    for (let at = place.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    place.scrollIntoView();
  });
  // Those that the browser opened before anybody listened.
  document.addEventListener("DOMContentLoaded", () => fetchAll("details[open] > [data-fetched]"));

  // A value to hand on is selected by a click, and copied by its button where the browser can.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-select]")) event.target.select();
  });
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const copied = document.querySelector(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(copied.value ?? copied.textContent);
        button.textContent = button.dataset.copied;
        setTimeout(() => (button.textContent = label), 3000);
      } catch {
        copied.focus();
      }
    });
  }

  // A double click sends a form once. It wakes again by itself, as a download leaves its page standing.
  const wake = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    setTimeout(wake, 4000, form);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));
})();
