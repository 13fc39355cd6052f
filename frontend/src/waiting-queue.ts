/**
 * Work that waits for a connection: kept in the browser's database in the order in which it was done, and sent one piece
 * after the other. Pages and the service worker share this; it knows no document.
 */
export interface Answer {
  state: "done" | "refused" | "conflict";
  sentences?: string[];
  code?: string;
  fields?: { name: string; label: string; who: string; mine: string; theirs: string; mine_words: string; theirs_words: string; combine: boolean }[];
  version?: number;
  url?: string;
  title?: string;
  undo?: string;
}
/**
 * One piece of work: a form of a new record (`record` 0), changed fields of a record, what was written into its composer
 * (`form` "said"), or a `file` for it, whose name `values` is.
 */
export interface Piece {
  id?: number;
  key: string;
  user: number;
  path: string;
  record: number;
  version: number | null;
  form: string;
  values: string;
  label: string;
  at: number;
  file?: File;
  state: "waiting" | "refused" | "conflict";
  answer?: Answer;
}
export type Outcome = { piece: Piece; answer: Answer } | null;

const DATABASE = "guanxi";
const STORE = "waiting";
const LOCK = "guanxi-waiting";
const ANSWERS = [200, 403, 404, 409, 422];
const REFUSALS = [403, 404, 413, 422];

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The pieces of one user in their order; those of others stay untouched until they sign in here again. */
export async function pieces(user: number): Promise<Piece[]> {
  return (await within<Piece[]>("readonly", (store) => store.getAll())).filter((piece) => piece.user === user);
}
export const put = (piece: Piece) => within("readwrite", (store) => store.put(piece));
export const drop = (id: number) => within("readwrite", (store) => store.delete(id));

export async function dropAll(user: number): Promise<void> {
  for (const piece of await pieces(user)) if (piece.id !== undefined) await drop(piece.id);
}

/**
 * Sends what waits, oldest first, and reports each piece that was answered. Stops without a connection, when somebody
 * else or nobody is signed in, and when the server fails. One sender at a time, in whatever tab or worker.
 */
export async function sendAll(user: number, report: (outcome: Outcome) => void = () => undefined): Promise<void> {
  await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const waiting = (await pieces(user)).filter((piece) => piece.state === "waiting");
    if (!waiting.length) return;
    const token = await tokenOf(user);
    if (!token) return;
    for (const piece of waiting) {
      const answer = await send(piece, token);
      if (!answer && piece.file && navigator.onLine) continue; // too large for this connection, perhaps: others go on
      if (!answer) return;
      if (answer.state === "done") await drop(piece.id as number);
      else await put({ ...piece, state: answer.state, answer });
      report({ piece, answer });
    }
  });
}

/** The security token of the session, or nothing where the session isn't this user's. */
async function tokenOf(user: number): Promise<string> {
  try {
    const answer = await fetch("/api/v1/session", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) return "";
    const found = (await answer.json()) as { user: { id: number }; csrf_token: string };
    return found.user.id === user ? found.csrf_token : "";
  } catch {
    return "";
  }
}

/** Sends one piece; nothing where no answer about it came. */
export async function send(piece: Piece, token: string): Promise<Answer | null> {
  try {
    return piece.file ? await sendFile(piece, piece.file, token) : await sendForm(piece, token);
  } catch {
    return null;
  }
}

async function sendForm({ key, path, record, version, form, values }: Piece, token: string): Promise<Answer | null> {
  const answer = await fetch("/waiting", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ key, path, record, version, form, values }),
  });
  const isOurs = ANSWERS.includes(answer.status) && (answer.headers.get("Content-Type") ?? "").includes("json");
  return isOurs ? ((await answer.json()) as Answer) : null;
}

async function sendFile({ key, path, record, values, label }: Piece, file: File, token: string): Promise<Answer | null> {
  const answer = await fetch(`/${path}/${record}/files?name=${encodeURIComponent(values)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": token, "Idempotency-Key": key, "HX-Request": "true" },
    body: file,
  });
  if (answer.ok && !answer.redirected) return { state: "done", title: label };
  const problem = answer.headers.get("X-Problem");
  if (problem && REFUSALS.includes(answer.status)) return { state: "refused", sentences: [decodeURIComponent(problem)] };
  return answer.status === 413 ? { state: "refused", code: "too-large" } : null; // what stands before the server says no more
}
