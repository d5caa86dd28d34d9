// The title of a new edition follows its name while one types, until it is rewritten; without this file, when it is made.
(() => {
  "use strict";

  const name = document.querySelector("#id_edition");
  if (!name) return;
  const proposed = name.value;
  const titles = [...document.querySelectorAll("textarea[name^=title_]")].map((box) => ({ box, was: box.value }));
  name.addEventListener("input", () => {
    for (const title of titles) {
      if (!proposed || title.box.value !== title.was) continue;
      const follows = title.box.defaultValue.replace(proposed, () => name.value.trim() || proposed);
      title.box.value = title.was = follows;
    }
  });
})();
