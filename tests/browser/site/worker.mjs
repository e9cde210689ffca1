import { answer } from "./client.mjs";

globalThis.report = async (report) => postMessage({ report });

onmessage = async ({ data: { id, method, argument } }) => postMessage({ id, answer: await answer(method, argument) });
