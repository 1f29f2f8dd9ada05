import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "tidy_test.ts",
      "tools/**/*_test.ts",
      "packages/*/src/**/*_test.ts",
      "apps/*/src/**/*_test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Tests with real processes mostly wait for them.
    maxWorkers: "200%",
    // Time does not pass in most tests; what takes long is a machine that does much else.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
