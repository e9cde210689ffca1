import "./check.mjs";
