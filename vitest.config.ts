import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*_test.ts", "apps/*/src/**/*_test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
  },
});
