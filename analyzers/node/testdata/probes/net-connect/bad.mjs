// expect: Disallowed operation called within global scope
import { connect } from "cloudflare:sockets";

let problem = "none";
try {
  connect("localhost:1");
} catch (error) {
  problem = error.message;
}

export default () => problem;
