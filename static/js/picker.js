/* Long lists of tags: type to find, and see what is chosen. Without this they are plain checkboxes. */
for (const picker of document.querySelectorAll("[data-picker]")) {
  const find = picker.querySelector("input[type=search]");
  const picked = picker.querySelector(".picked");
  const choices = [...picker.querySelectorAll(".choice")];

  const showPicked = () => {
    picked.replaceChildren(...choices.filter((choice) => choice.firstElementChild.checked).map(chip));
  };

  const chip = (choice) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = `${choice.textContent.trim()} ×`;
    button.setAttribute("aria-label", `Remove ${choice.textContent.trim()}`);
    button.addEventListener("click", () => {
      choice.firstElementChild.checked = false;
      choice.firstElementChild.dispatchEvent(new Event("input", { bubbles: true }));
      showPicked();
      find.focus();
    });
    item.append(button);
    return item;
  };

  find.addEventListener("input", () => {
    const words = find.value.toLowerCase().split(/\s+/);
    for (const choice of choices) {
      const text = choice.textContent.toLowerCase();
      choice.hidden = !words.every((word) => text.includes(word));
    }
  });
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  picker.addEventListener("change", showPicked);
  showPicked();
}
