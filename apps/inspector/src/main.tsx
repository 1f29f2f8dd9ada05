/** Puts the page into the document. */
import { createRoot } from "react-dom/client";
import { prepareCheck } from "./check/check.ts";
import { App } from "./shell/app.tsx";
import { startClock } from "./shell/clock.ts";
import { listen } from "./shell/connection.ts";

const place = document.getElementById("page");
if (place !== null) {
  startClock();
  listen();
  prepareCheck();
  createRoot(place).render(<App />);
}
