/** How the page is built: one script and one style sheet under fixed names, with the charts laid out. */
import ElkConstructor from "elkjs/lib/elk.bundled.js";
import { knownCharts } from "@bellhop/inspector/diagram/known_charts";
import { defineConfig } from "vite";
import { type Elk, layOut } from "./src/chart/elk_layout.ts";

/** All charts of core, each thing in its place, as JSON. */
async function laidCharts(): Promise<string> {
  const elk: Elk = new (ElkConstructor as unknown as new () => Elk)();
  const charts = [];
  for (const { graph, title } of knownCharts) charts.push({ title, ...await layOut(graph, elk) });
  return JSON.stringify(charts);
}

export default defineConfig(async () => ({
  root: import.meta.dirname,
  base: "./",
  define: { LAID_CHARTS: JSON.stringify(await laidCharts()) },
  build: {
    outDir: "dist/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: "assets/page.js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
}));
