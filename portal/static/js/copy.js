// Puts a button beside a text that copies it; without scripts the text can be selected as any other.

export function attach(element) {
  if (!navigator.clipboard) return;
  const source = element.querySelector("input, textarea, code");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet copy";
  button.textContent = element.dataset.wordCopy;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      // Not allowed here: what is selected can be copied by hand.
      window.getSelection().selectAllChildren(source);
      source.select?.();
      return;
    }
    button.textContent = element.dataset.wordCopied;
    setTimeout(() => { button.textContent = element.dataset.wordCopy; }, 2000);
  });
  element.append(button);
}

for (const element of document.querySelectorAll('[data-behaviour="copy"]')) attach(element);
