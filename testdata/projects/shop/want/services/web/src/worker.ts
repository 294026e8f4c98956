import files from "dock2edge:files";
import { createGateway } from "@dock2edge/runtime/gateway";
import { config } from "./config.ts";

const gateway = createGateway(config, files);

/** What the other services of the project reach, each by the port it dials. */
export const Internal = gateway.internal;

/** What the outside reaches. */
export default gateway;
