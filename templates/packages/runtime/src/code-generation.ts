/** All that stands for the compiler; an entry of its own, as the interpreter is bundled only with apps that need it. */

import { FunctionShim, installCodeGeneration } from "./codegen";
import type { CodeGeneration } from "./image";
import { createVm } from "./vm";

export const codeGeneration: CodeGeneration = { Function: FunctionShim, install: installCodeGeneration, createVm };
