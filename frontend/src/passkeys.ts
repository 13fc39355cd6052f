/** Passkeys: turns the server's options into a question of the browser and sends the answer with the form around it. */
import { bytesOf, textOf } from "./base64url";
import { announce, one } from "./dom";

interface Descriptor {
  id: string;
  type: PublicKeyCredentialType;
  transports?: AuthenticatorTransport[];
}
interface RequestJson {
  publicKey: { challenge: string; allowCredentials?: Descriptor[]; rpId?: string; timeout?: number; userVerification?: UserVerificationRequirement };
}
interface CreationJson {
  publicKey: Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials"> & {
    challenge: string;
    user: { id: string; name: string; displayName: string };
    excludeCredentials?: Descriptor[];
  };
}

const known = (items: Descriptor[] = []): PublicKeyCredentialDescriptor[] => items.map((item) => ({ ...item, id: bytesOf(item.id) }));

/** Asks for a passkey that exists; the result is what the server checks. */
async function ask(options: RequestJson): Promise<unknown> {
  const { publicKey } = options;
  const found = (await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytesOf(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) },
  })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  return {
    ...outline(found),
    response: {
      clientDataJSON: textOf(answer.clientDataJSON),
      authenticatorData: textOf(answer.authenticatorData),
      signature: textOf(answer.signature),
      userHandle: textOf(answer.userHandle),
    },
  };
}

/** Makes a passkey; `alone` asks for one that signs in without a password. */
async function create(options: CreationJson, alone: boolean): Promise<unknown> {
  const { publicKey } = options;
  const made = (await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytesOf(publicKey.challenge),
      user: { ...publicKey.user, id: bytesOf(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        userVerification: alone ? "required" : (publicKey.authenticatorSelection?.userVerification ?? "preferred"),
      },
    },
  })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...outline(made),
    response: {
      clientDataJSON: textOf(answer.clientDataJSON),
      attestationObject: textOf(answer.attestationObject),
      transports: answer.getTransports(),
    },
  };
}

function outline(found: PublicKeyCredential): Record<string, unknown> {
  return {
    id: found.id,
    rawId: textOf(found.rawId),
    type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: found.getClientExtensionResults(),
  };
}

async function optionsOf(form: HTMLFormElement): Promise<unknown> {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

async function fill(form: HTMLFormElement): Promise<void> {
  const given = (await optionsOf(form)) as { request_options?: RequestJson; creation_options?: CreationJson };
  const alone = one<HTMLInputElement>("[name=passwordless]", form)?.checked ?? true;
  const answer = given.creation_options
    ? await create(given.creation_options, alone)
    : await ask(given.request_options as RequestJson);
  const hidden = one<HTMLInputElement>("input[name=credential]", form);
  if (!hidden) return;
  hidden.value = JSON.stringify(answer);
  form.submit();
}

function complain(form: HTMLFormElement): void {
  const sentence = form.dataset.failed ?? "";
  let note = one(".field-error", form);
  if (!note) {
    note = document.createElement("p");
    note.className = "field-error";
    form.append(note);
  }
  note.textContent = sentence;
  announce(sentence);
}

/** Makes a form ask for a passkey before it is sent; hides it in a browser that has none. */
export function mountPasskey(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  if (!("credentials" in navigator) || !window.PublicKeyCredential) {
    form.hidden = true;
    return;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void fill(form).catch(() => complain(form));
  });
}
