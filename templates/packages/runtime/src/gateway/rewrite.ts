import type { Answer, Outcome } from "./answer.ts";
import { answered, redirect, status, textAnswer } from "./answer.ts";
import { inherit } from "./compile.ts";
import type { Condition, Step } from "./config.ts";
import type { Exchange } from "./exchange.ts";
import { mimeType } from "./mime-types.ts";
import { escapeArgument, splitQuery, unescapeRedirect, type Bytes } from "./uri.ts";

/** How a list of steps ended: `null` runs on, `"stop"` skips the remaining steps of all levels. */
type Ended = Outcome | "stop" | null;

/** Runs rewrite directives in order. An outcome ends the request; null means that it goes on. */
export function runSteps(x: Exchange, steps: Step[], inLocation: boolean): Outcome | null {
  const ended = run(x, steps, inLocation);
  return ended === "stop" ? null : ended;
}

function run(x: Exchange, steps: Step[], inLocation: boolean): Ended {
  for (const step of steps) {
    const ended = runStep(x, step, inLocation);
    if (ended !== null) {
      return ended;
    }
  }
  return null;
}

function runStep(x: Exchange, step: Step, inLocation: boolean): Ended {
  switch (step.do) {
    case "set":
      x.variables.set(step.variable, x.expand(step.value));
      return null;
    case "break":
      x.uriChanged = false;
      return "stop";
    case "return":
      return runReturn(x, step);
    case "rewrite":
      return runRewrite(x, step);
    case "if":
      if (!holds(x, step.when)) {
        return null;
      }
      if (inLocation) {
        // The block is a location of its own: it inherits, but not try_files.
        x.content = {
          ...x.content,
          settings: inherit(x.content.settings, step.settings),
          handler: step.handler ?? x.content.handler,
          tryFiles: undefined,
        };
      }
      return run(x, step.steps ?? [], inLocation);
  }
}

function holds(x: Exchange, when: Condition): boolean {
  switch (when.test) {
    case "set": {
      const value = x.expand(when.value);
      return value !== "" && value !== "0";
    }
    case "equal":
      return (x.expand(when.value) === x.expand(when.to)) !== (when.not ?? false);
    case "matches":
      return x.matches(when.regex, x.expand(when.value)) !== (when.not ?? false);
    case "file":
    case "directory":
    case "exists": {
      const found = x.gateway.files.find(x.expand(when.path));
      const fits = found !== undefined && (when.test === "exists" || found.kind === when.test);
      return fits !== (when.not ?? false);
    }
  }
}

function runReturn(x: Exchange, step: Extract<Step, { do: "return" }>): Ended {
  if (step.location !== undefined) {
    return redirect(step.status, x.expand(step.location));
  }
  const text = step.text === undefined ? "" : x.expand(step.text);
  if (step.status >= 400 && step.text === undefined && step.status !== 444) {
    return status(step.status);
  }
  if (step.status === 204 || step.status === 444) {
    return answered({ status: step.status, headers: new Headers(), body: null, length: null, contentType: "" });
  }
  return answered(emptyBodyHasLength(textAnswer(step.status, text, mimeType(x, x.uri))));
}

function emptyBodyHasLength(answer: Answer): Answer {
  return answer.length === 0 ? { ...answer, body: null } : answer;
}

function runRewrite(x: Exchange, step: Extract<Step, { do: "rewrite" }>): Ended {
  if (!x.matches(step.regex, x.uri)) {
    return null;
  }
  const keepsArguments = !step.replacement.endsWith("?");
  const replacement = keepsArguments ? step.replacement : step.replacement.slice(0, -1);
  const isRedirect =
    step.flag === "redirect" || step.flag === "permanent" || /^(?:https?:\/\/|\$scheme)/.test(step.replacement);
  if (isRedirect) {
    const code = step.flag === "permanent" ? 301 : 302;
    return redirect(code, redirectTarget(x, replacement, keepsArguments));
  }
  // Only a question mark of the replacement itself begins the query; one that comes out of a variable does not.
  const template = splitQuery(replacement);
  const path = expandEscaped(x, template.path, false);
  const args = expandEscaped(x, template.args, true);
  if (path === "") {
    console.error(`the rewritten URI has a zero length: ${step.replacement}`);
    return status(500);
  }
  const hasArguments = replacement.includes("?");
  const before = keepsArguments ? x.args : "";
  x.args = hasArguments && before !== "" ? `${args}&${before}` : hasArguments ? args : before;
  x.uri = path;
  x.isInternal = true;
  x.unparsedIsValid = false;
  if (step.flag === "break") {
    x.locationIsValid = false;
    x.uriChanged = false;
    return "stop";
  }
  x.uriChanged = true;
  return step.flag === "last" ? "stop" : null;
}

function redirectTarget(x: Exchange, replacement: string, keepsArguments: boolean): Bytes {
  const target = unescapeRedirect(expandEscaped(x, replacement, true));
  if (!keepsArguments || x.args === "") {
    return target;
  }
  return target + (replacement.includes("?") ? "&" : "?") + x.args;
}

/** Fills in a replacement. Groups are escaped again where they end up in a query or, in redirects, anywhere in a URL. */
function expandEscaped(x: Exchange, replacement: string, escapesGroups: boolean): Bytes {
  const wasEscaped = x.quoted || x.plus;
  let text = "";
  for (const part of x.gateway.parts(replacement)) {
    if ("text" in part) {
      text += part.text;
      continue;
    }
    const value = x.gateway.variable(part.variable, x);
    const isGroup = /^\d$/.test(part.variable);
    text += isGroup && wasEscaped && escapesGroups ? escapeArgument(value) : value;
  }
  return text;
}
