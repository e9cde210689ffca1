// Watches the seals of this realm and, if asked to, plays a slow or failing disk. The store runs unchanged on top of it.

/** Seals of this realm: transactions begun, and those of them that completed. `onChange` hears of each step, and how far a seal goes. */
export const seals = { begun: 0, completed: 0, onChange: () => undefined };

/**
 * What happens to the writes of appends: `normal`, `hold` (stored, never committed) or `abort` (stored, then aborted); and to those of
 * snapshots and checkpoints: `normal`, `abort`, or `full` (aborted, as if there were no space).
 */
export const faults = { writes: "normal", sideWrites: "normal", onHeld: () => undefined };

/** How many handles this realm has used so far: a second one means that the first one was lost. */
export const handles = { used: 0, onChange: () => undefined };

const databases = new Set();
const faulty = new WeakSet();

/** How far the log is sealed, by the note of it: a checksum and a colon, then the sequence number and more behind spaces. */
export function sealedToIn(note) {
  return note === undefined ? 0 : parseInt(String(note).split(":")[1], 10);
}

/** Closes every handle of this realm under its owner, who is not told. */
export function closeHandles() {
  for (const database of databases) database.close();
  databases.clear();
}

wrap(IDBDatabase, "transaction", function (transaction) {
  if (!databases.has(this)) {
    databases.add(this);
    handles.used += 1;
    handles.onChange();
  }
  // Of all writes, only a seal touches the copies by type.
  if (transaction.mode === "readwrite" && transaction.objectStoreNames.contains("by_type")) watchSeal(transaction);
  return transaction;
});

for (const method of ["add", "put"]) {
  wrap(IDBObjectStore, method, function (request, value, key) {
    if (this.name === "meta" && key === "sealed") seals.onChange("seal-written", sealedToIn(value));
    if (this.name === "commits" && this.transaction.mode === "readwrite" && faults.writes !== "normal") disturb(this, request);
    if (["snapshots", "checkpoints"].includes(this.name) && faults.sideWrites !== "normal") undo(this.transaction);
    return request;
  });
}

const commit = IDBTransaction.prototype.commit;
IDBTransaction.prototype.commit = function () {
  if (!faulty.has(this)) commit.call(this);
};

function wrap(owner, method, after) {
  const original = owner.prototype[method];
  owner.prototype[method] = function (...args) {
    return after.call(this, original.apply(this, args), ...args);
  };
}

function watchSeal(transaction) {
  seals.begun += 1;
  seals.onChange("seal-begun");
  transaction.addEventListener("complete", () => {
    seals.completed += 1;
    seals.onChange("seal-completed");
  });
}

function undo(transaction) {
  transaction.abort();
  if (faults.sideWrites === "full") throw new DOMException("no space, says the test", "QuotaExceededError");
}

function disturb(store, request) {
  const { transaction } = store;
  faulty.add(transaction);
  if (faults.writes === "abort") {
    request.addEventListener("success", () => transaction.abort());
    return;
  }
  const hold = () => {
    if (faults.writes === "hold") store.count().onsuccess = hold;
  };
  request.addEventListener("success", () => {
    hold();
    faults.onHeld();
  });
}
