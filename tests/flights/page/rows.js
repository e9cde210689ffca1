/** The rows of a CSV file as objects, one at a time: the file is read as fast as the rows are taken, and never held. */
export async function* rowsOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`cannot read ${url}: ${response.status}`);
  let names;
  for await (const line of linesOf(response.body)) {
    // No field of this file is quoted; one that were must not be read wrong.
    if (line.includes('"')) throw new Error(`a quoted field: ${line}`);
    const fields = line.split(",");
    if (!names) names = fields;
    else if (fields.length !== names.length) throw new Error(`a row of ${fields.length} fields: ${line}`);
    else yield Object.fromEntries(names.map((name, index) => [name, fields[index]]));
  }
}

async function* linesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line !== "") yield line.replace(/\r$/, "");
    }
    if (rest !== "") yield rest;
  } finally {
    // Also when the caller has enough rows.
    await reader.cancel();
  }
}
