/** What the service worker does with a push: shows it, one for each record, and opens that record when it is pressed. */

interface Told {
  title: string;
  body: string;
  url: string;
  tag: string;
  unread: number;
}
interface Pushed extends Event {
  data: { json(): Told } | null;
  waitUntil(work: Promise<unknown>): void;
}
interface Pressed extends Event {
  notification: Notification;
  waitUntil(work: Promise<unknown>): void;
}
interface Scope {
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(wish: { type: "window"; includeUncontrolled: boolean }): Promise<readonly { url: string; focus(): Promise<unknown>; navigate(url: string): Promise<unknown> }[]>;
    openWindow(url: string): Promise<unknown>;
  };
  navigator: Navigator;
  location: Location;
  addEventListener(type: string, act: (event: Event) => void): void;
}

/** Adds the handlers to a worker: `handlePush(self)`. */
export function handlePush(worker: unknown): void {
  const scope = worker as Scope;
  scope.addEventListener("push", (event) => {
    const pushed = event as Pushed;
    const told = pushed.data?.json();
    if (!told) return;
    const shown = scope.registration.showNotification(told.title, { body: told.body, tag: told.tag, data: { url: told.url } });
    pushed.waitUntil(Promise.all([shown, scope.navigator.setAppBadge?.(told.unread)]));
  });
  scope.addEventListener("notificationclick", (event) => {
    const pressed = event as Pressed;
    pressed.notification.close();
    pressed.waitUntil(open(scope, String((pressed.notification.data as { url?: string } | null)?.url ?? "/")));
  });
}

async function open(scope: Scope, path: string): Promise<unknown> {
  const address = new URL(path, scope.location.origin);
  if (address.origin !== scope.location.origin) return undefined;
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).pathname === address.pathname) ?? pages[0];
  if (!page) return scope.clients.openWindow(address.href);
  await page.focus();
  return new URL(page.url).pathname === address.pathname ? undefined : page.navigate(address.href);
}
