"""One page in the browser: opened, waited for, and read."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urldefrag

from indexer.crawl.render_answers import Answers, Limits
from indexer.crawl.render_browser import RenderError

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page

_QUIET_SECONDS: Final = 0.5
"""Without answer and without change: then a page is done. Browsers' "network idle" is as long."""
_STEP_SECONDS: Final = 0.1
_FRESH_CHARACTERS: Final = 30
"""So much more text, or one more link, is content; 加载中 and error notices are shorter."""

_Result = TypeVar("_Result")

_WITHOUT_WEBRTC: Final = """
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) {
  delete globalThis[name];
}"""
# Neither is a request that could be routed. The arguments of the browser stop both as well.
_WORLD: Final = "qzsearch"
_STATE: Final = """(() => {
  if (globalThis.changed === undefined) {
    globalThis.changed = performance.now();
    new MutationObserver(() => { globalThis.changed = performance.now(); })
      .observe(document, {childList: true, characterData: true, subtree: true});
  }
  return [document.readyState, (performance.now() - globalThis.changed) / 1000];
})()"""
# Links keep their meaning: resolved as the page's charset and its present address have it.
_RESULT: Final = """((url, source, most) => {
  const measure = (root) => {
    root.querySelectorAll('script, style, noscript, template').forEach((one) => one.remove());
    const links = Array.from(root.querySelectorAll('a[href]'), (one) => one.getAttribute('href'));
    return [root.textContent.replace(/\\s+/g, '').length, new Set(links).size];
  };
  const live = document.documentElement;
  if (!live) { return null; }
  const inert = document.implementation.createHTMLDocument('');
  const copy = inert.importNode(live, true);
  const moved = document.URL.split('#')[0] !== url;
  const linked = 'a[href], area[href], iframe[src], frame[src]';
  const copies = copy.querySelectorAll(linked);
  live.querySelectorAll(linked).forEach((one, at) => {
    const name = one.hasAttribute('href') ? 'href' : 'src';
    const written = one.getAttribute(name).trim();
    if (/^(#|javascript:)/i.test(written) || typeof one[name] !== 'string') { return; }
    if (moved || /[^\\x00-\\x7f]/.test(written)) { copies[at].setAttribute(name, one[name]); }
  });
  copy.querySelectorAll('noscript').forEach((one) => one.remove());
  copy.querySelectorAll('meta[charset]').forEach((one) => one.setAttribute('charset', 'utf-8'));
  copy.querySelectorAll('meta[http-equiv="content-type" i]').forEach(
    (one) => one.setAttribute('content', 'text/html; charset=utf-8'));
  const html = '<!DOCTYPE html>\\n' + copy.outerHTML;
  if (html.length > most) { return {length: html.length}; }
  const shell = new DOMParser().parseFromString(source, 'text/html').documentElement;
  return {length: html.length, html, shell: measure(shell), page: measure(copy)};
})"""


@dataclass(frozen=True)
class Rendering:
    """What scripts made of a page: ``html`` is its document as UTF-8, ``requests`` how many
    went to the network for it, ``refused`` counts by reason those that were not answered."""

    html: bytes
    requests: int
    refused: Mapping[str, int] = field(default_factory=dict)


class Visit:
    """One page in the browser; ``hangs`` says that the browser is of no more use after it."""

    def __init__(self, url: str, answers: Answers, limits: Limits) -> None:
        self.hangs = False
        self._url = urldefrag(url).url
        self._answers = answers
        self._limits = limits
        self._crashed = False

    async def rendering(self, context: BrowserContext) -> Rendering:
        """Open the page, wait until it is done, and read its document.

        Raises:
            RenderError: nothing more than the shell came out, or it cannot be read.
            playwright.async_api.Error: the browser failed.
        """
        limits, answers = self._limits, self._answers
        deadline = time.monotonic() + limits.seconds
        await context.route("**/*", answers.route)
        await context.add_init_script(_WITHOUT_WEBRTC)
        page = await context.new_page()
        page.on("crash", self._crash)
        await page.goto(self._url, wait_until="commit", timeout=limits.hang * 1000)
        world = await self._wait_for(_World.of(context, page))
        while not self._is_done(*await self._wait_for(world.evaluate(_STATE))):
            if time.monotonic() > deadline:
                break  # what is there by now counts
            await asyncio.sleep(_STEP_SECONDS)
        arguments = (self._url, answers.text, limits.characters)
        expression = f"{_RESULT}({', '.join(json.dumps(one) for one in arguments)})"
        html = _content(await self._wait_for(world.evaluate(expression)))
        return Rendering(html, answers.requests, dict(answers.refused))

    def _crash(self, _: Page) -> None:
        self._crashed = True

    def _is_done(self, state: str, unchanged: float) -> bool:
        """Whether nothing comes any more; ``unchanged`` are seconds without a change."""
        silent = time.monotonic() - self._answers.last
        if state == "loading" or self._answers.in_flight or silent < _QUIET_SECONDS:
            return False
        return unchanged >= _QUIET_SECONDS or silent >= self._limits.restless

    async def _wait_for(self, command: Coroutine[Any, Any, _Result]) -> _Result:
        """The result of a command to the page, unless its scripts keep it from answering."""
        task = asyncio.ensure_future(command)
        asked = time.monotonic()
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_STEP_SECONDS)
                self._check(since=asked)
            return task.result()
        finally:
            task.cancel()

    def _check(self, since: float) -> None:
        """Raises RenderError when waiting on is of no use."""
        limits, answers = self._limits, self._answers
        if self._crashed:
            raise RenderError("the page crashed")
        if answers.attempts > limits.attempts:
            self.hangs = True
            raise RenderError(f"more than {limits.attempts} requests")
        # A synchronous request rightly holds the scripts until it is answered.
        silent = time.monotonic() - max(since, answers.last)
        if not answers.in_flight and silent > limits.hang:
            self.hangs = True
            raise RenderError(f"its scripts do not end within {limits.hang:g} s")


def _content(result: Any) -> bytes:
    """The document out of what ``_RESULT`` gives. Raises RenderError."""
    if result is None:
        raise RenderError("the page has no document")
    if "html" not in result:
        raise RenderError(f"its document has {result['length']} characters")
    (text_before, links_before), (text, links) = result["shell"], result["page"]
    if text < text_before + _FRESH_CHARACTERS and links <= links_before:
        raise RenderError("nothing more than the shell came out")
    return str(result["html"]).encode("utf-8", "replace")  # lone surrogates have no bytes


@dataclass(frozen=True)
class _World:
    """A world of our own in a page: its document, but no variable or function of its scripts."""

    session: CDPSession
    number: int

    @classmethod
    async def of(cls, context: BrowserContext, page: Page) -> _World:
        session = await context.new_cdp_session(page)
        tree = await session.send("Page.getFrameTree")
        named = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": _WORLD}
        made = await session.send("Page.createIsolatedWorld", named)
        return cls(session, made["executionContextId"])

    async def evaluate(self, expression: str) -> Any:
        parameters = {
            "expression": expression,
            "contextId": self.number,
            "returnByValue": True,
        }
        answer = await self.session.send("Runtime.evaluate", parameters)
        if "exceptionDetails" in answer:
            told = answer["exceptionDetails"].get("exception", {}).get("description", "?")
            raise RenderError(f"the page cannot be read: {told.splitlines()[0]}")
        return answer["result"].get("value")
