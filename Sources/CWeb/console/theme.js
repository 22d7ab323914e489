// Before the page is painted, so that it never flashes in the wrong colours: no module, which would come too late.
(() => {
  const name = "roomcast.theme";
  const root = document.documentElement;

  // A browser that keeps nothing for this page refuses even to be asked.
  const stored = () => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  show(stored());
  addEventListener("DOMContentLoaded", () => {
    const select = document.getElementById("theme");
    select.value = root.dataset.theme ?? "auto";
    select.addEventListener("change", () => {
      show(select.value);
      try {
        localStorage.setItem(name, select.value);
      } catch {
        // It holds for this page then.
      }
    });
  });
  // Another tab has chosen.
  addEventListener("storage", (event) => {
    if (event.key !== name) return;
    show(event.newValue);
    document.getElementById("theme").value = root.dataset.theme ?? "auto";
  });
})();
