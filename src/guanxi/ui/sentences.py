"""Sentences that the scripts of a page show: rendered with it, so that they are in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def sentences() -> dict[str, str]:
    """Return the sentences by the key under which the scripts ask for them; ``{name}`` marks what they fill in."""
    return (
        _offline()
        | _palette()
        | {
            "undo": _("Undo"),
            "undone": _("Taken back"),
            "dismiss": _("Dismiss"),
            "cancel": _("Cancel"),
            "go-on": _("Go on"),
            "discard": _("Leave without saving what you typed?"),
            "discard-yes": _("Leave without saving"),
            "discard-no": _("Keep editing"),
            "denied": _("You can't do this. Ask an administrator for access."),
            "gone": _("This was deleted or moved."),
            "conflict": _("Somebody else changed this meanwhile. Reload to see the change."),
            "slow-down": _("Too many requests at once. Try again in a minute."),
            "failed": _("Something went wrong on our side. What you typed is kept. Try again."),
            "offline": _("You're offline. Changes will be sent when you're back."),
            "too-large": _("This file is too large."),
            "recent": _("Recent"),
            "actions": _("Actions"),
            "go-to": _("Go to"),
            "nothing-found": _("Nothing found"),
            **_of_lists(),
            "moved": _("{name} moved to {stage}"),
            "changed-fields": _("{who} changed {fields} while you were editing."),
            "changed-record": _("{who} changed this record while you were editing."),
            "deleted-record": _("This record was deleted while you were editing, or you may not see it any more."),
            "shows-change": _("{who} changed {fields}. The page shows it."),
            "is-here": _("{who} is here"),
            "is-editing": _("{who} is editing"),
            "unread": _("{count} unread"),
            "list-separator": _(", "),
            "colleagues": _("Colleagues"),
            "cannot-see": _("can't see this record"),
            "show-empty": _("Show empty fields"),
            "hide-empty": _("Hide empty fields"),
        }
    )


def _offline() -> dict[str, str]:
    """Return what is said about a device without a connection and about what waits on it."""
    return {
        "as-of": _("You're offline. This is as of {time}."),
        "day-kept": _("Your day is kept on this device and can be read without a connection."),
        "day-not-kept": _("Nothing is kept on this device."),
        "kept-for-later": _("Kept, and sent when you're back: {name}"),
        "waiting": _("waiting"),
        "refused": _("refused"),
        "moved-on": _("changed meanwhile"),
        "completed": _("Done: {name}"),
        "one-waits": _("1 change waits to be sent"),
        "many-wait": _("{count} changes wait to be sent"),
        "needs-look": _("A change you made offline needs a look"),
        "send-now": _("Send now"),
        "sent-one": _("Sent: {name}"),
        "sent-many": _("Sent {count} changes"),
        "post-anyway": _("Post anyway"),
        "throw-away": _("Discard"),
        "throw-away-question": _("Discard “{name}”? It was not sent."),
        "theirs-is": _("{who} changed “{field}” to “{theirs}” meanwhile. Yours is “{mine}”."),
        "keep-mine": _("Keep mine"),
        "use-theirs": _("Use theirs"),
        "combine": _("Combine"),
        "place-question": _(
            "Write where you are now into this field? Only this once, and everybody who may see the record sees it."
        ),
        "place-yes": _("Use my location"),
        "place-denied": _("This device doesn't say where it is. Type the place instead."),
        "look-at": _("Look at %(name)s (Space)") % {"name": "{name}"},
        "sign-out-question": _("Changes that were not sent yet: {count}. Signing out discards them."),
        "sign-out-anyway": _("Sign out and discard"),
    }


def _palette() -> dict[str, str]:
    """Return what palette and help call what can be done here."""
    return {
        "this-record": _("This record"),
        "tour-next": _("Next"),
        "tour-back": _("Back"),
        "tour-skip": _("Skip"),
        "tour-end": _("Done"),
        "tour-step": _("Step {step} of {all}"),
        "this-screen": _("On this screen"),
        "assign": _("Assign…"),
        "change-field": _("Change “{field}”…"),
        "new-of": _("New {name}"),
    }


def _of_lists() -> dict[str, str]:
    return {
        "selected": _("{count} selected"),
        "selected-page": _("All {count} on this page selected"),
        "selected-matching": _("All {count} that match selected"),
    }
