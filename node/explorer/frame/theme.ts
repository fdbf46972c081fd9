/**
 * Light, dark, or as the system says; remembered in this browser.
 * @module
 */
import { effect, type Signal, signal } from "@preact/signals";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const storageKey = "quorate-theme";

export const theme: Signal<Theme> = signal(kept());

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  try {
    localStorage.setItem(storageKey, theme.value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
});

function kept(): Theme {
  try {
    const text = localStorage.getItem(storageKey);
    return themes.find((each) => each === text) ?? "system";
  } catch {
    return "system";
  }
}
