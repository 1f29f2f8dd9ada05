/** The page's pictures. */
import type { ReactElement } from "react";

const paths = {
  bell:
    "M11 4.2h2v2.1a7.6 7.6 0 0 1 6.6 7.5v.9H4.4v-.9A7.6 7.6 0 0 1 11 6.300zM3 16.700h18v2.800H3z",
  play: "M7 4.500v15l12-7.500z",
  pause: "M6.500 5h4v14h-4zM13.500 5h4v14h-4z",
  back: "M17 5v14l-9-7zM5 5h2.500v14H5z",
  forth: "M7 5v14l9-7zM16.500 5H19v14h-2.500z",
  pin: "M9 3h6v2l-1 1v4l3 3v2h-4v5l-1 2-1-2v-5H7v-2l3-3V6L9 5z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  whole: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
  target:
    "M11 2h2v3.100A7 7 0 0 1 18.900 11H22v2h-3.100A7 7 0 0 1 13 18.900V22h-2v-3.100A7 7 0 0 1 5.100 13H2v-2h3.100A7 7 0 0 1 11 5.100zM12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zm0 3a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  open: "M3 5h7l2 2h9v12H3zm2 2v10h14V9h-7.800l-2-2z",
  sun:
    "M12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM11 1h2v3h-2zM11 20h2v3h-2zM1 11h3v2H1zM20 11h3v2h-3zM4.200 5.600l1.400-1.400 2.100 2.100-1.400 1.400zM16.300 17.700l1.400-1.400 2.100 2.100-1.400 1.400zM4.200 18.400l2.100-2.100 1.400 1.400-2.100 2.100zM16.300 6.300l2.100-2.100 1.400 1.400-2.100 2.100z",
  moon: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
  half: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2v14a7 7 0 0 0 0-14z",
  help:
    "M12 3a5 5 0 0 1 5 5c0 2.300-1.500 3.300-2.600 4.100-1 .7-1.400 1-1.400 1.900v1h-2v-1c0-1.900 1.200-2.800 2.200-3.500C14.300 9.800 15 9.300 15 8a3 3 0 0 0-6 0H7a5 5 0 0 1 5-5zm-1 14h2v3h-2z",
  search:
    "M10.500 3a7.500 7.500 0 0 1 5.900 12.100l4.300 4.300-1.400 1.400-4.300-4.300A7.500 7.500 0 1 1 10.500 3zm0 2a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11z",
  key:
    "M8 8a4 4 0 0 1 3.900 3H22v3h-2v2h-3v-2h-5.100A4 4 0 1 1 8 8zm0 2.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3z",
  zoom: "M4 5h2v14H4zM18 5h2v14h-2zM8 11h2.500V8.500L14.500 12l-4 3.500V13H8z",
  fold:
    "M11 4h2v16h-2zM2 11h4V8.500L9.500 12 6 15.500V13H2zM22 11h-4V8.500L14.500 12l3.500 3.500V13h4z",
  check: "M9.500 18.200 3.600 12.300 5 10.900l4.500 4.500L19 5.900l1.400 1.400z",
  warning: "M12 3 22.500 21h-21zm0 4L5 19h14zm-1 4h2v4h-2zm0 5h2v2h-2z",
  close:
    "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12l5.600 5.600-1.400 1.400L12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
} as const;

/** Name of a picture. */
export type IconName = keyof typeof paths;

/** Draws a picture. It has no name of its own: whoever shows it says what it means. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} fillRule="evenodd" />
    </svg>
  );
}
