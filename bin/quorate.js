#!/usr/bin/env -S node --max-semi-space-size=32
import { ensureBuilt } from "./build.js";

ensureBuilt();
await import("../dist/node/main.js");
