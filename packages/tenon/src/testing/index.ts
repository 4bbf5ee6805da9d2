/** The published surface for tests: an app on the real stores whose clock stands still but for what a test says. */
export { type TestApp, type TestAppOptions, type TestExample, type TestRead, testApp } from "../run/test-app.ts";
