/** Light or dark: what was chosen here before, or as the system has it. */
import { current, show, type Theme, watch } from "./store.ts";

/** Shows the page in the theme that is chosen, as long as it lasts. */
export function keepTheme(): () => void {
  const kept = keptTheme();
  if (kept !== undefined) show({ theme: kept });
  apply();
  return watch(apply);
}

function apply(): void {
  const { theme } = current();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

function keptTheme(): Theme | undefined {
  try {
    const kept = localStorage.getItem("theme");
    return kept === "light" || kept === "dark" ? kept : undefined;
  } catch {
    return undefined;
  }
}
