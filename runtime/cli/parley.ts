#!/usr/bin/env node
/** The program `parley`. */
import { parleyProgram } from './program.ts';
import { runProgram } from './run-program.ts';

await runProgram(parleyProgram(process.env));
