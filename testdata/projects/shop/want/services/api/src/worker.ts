import { createApp } from "@dock2edge/runtime";
import image from "dock2edge:image";
import { config } from "./config.ts";

const app = createApp(config, image);

/** The app's process: one object, as the container was one. */
export const App = app.DurableObject;

/** What the other Workers of the project reach. */
export const Internal = app.Internal;

/** What the outside reaches. */
export default app.worker;
