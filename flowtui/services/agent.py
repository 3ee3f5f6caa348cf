"""The conductor for times without an app: the same bells, by way of the desktop.

It sleeps until an instant comes, a file changes, a clock is set or an app opens; while an app is
open the app conducts, since it can be heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from flowtui.core.errors import FlowError
from flowtui.services import bells
from flowtui.services.agent_watch import LAST, ended
from flowtui.services.away_rounds import AwayRounds
from flowtui.services.conductor import LOCK, LOOK_S, PIPE, Conductor, ConductorLock, Instants
from flowtui.services.plan.calendar_addresses import EVERY
from flowtui.services.wiring import Services
from flowtui.settings.zone import local_zone
from flowtui.system.asked_notice import AskedNotice, can_ask
from flowtui.system.files import write_atomic
from flowtui.system.notices import Channel, Delivery, Notice, Notifier, Severity
from flowtui.system.presence import Listening
from flowtui.system.push import push
from flowtui.system.service_notify import ServiceNotify
from flowtui.system.sleep_delay import SleepDelay
from flowtui.system.stamp import settings_stamp
from flowtui.system.wakeups import FolderAlarm

T = TypeVar("T")
SLEEP_WAITS_S = 3.0
"""How long the machine waits for the agent before it sleeps; logind's own bound is 5 s."""
SETTLE_S = 2.0
"""Changes of files within so many seconds make one look."""


class Beside(Protocol):
    """What the agent's loop does beside conducting."""

    async def follow(self, services: Services) -> None:
        """Do what the settings of `services` want."""

    async def end(self) -> None:
        """Do it no more."""


class Agent:
    """Conducts in an event loop of its own; every call on the services runs in a thread."""

    def __init__(
        self,
        services: Services,
        env: Mapping[str, str],
        say: Callable[[str], None],
        reopen: Callable[[], Services] | None = None,
    ) -> None:
        """`reopen` makes the services anew when the settings or the zone have changed."""
        self._services = services
        self._env = env
        self._say = say
        self._reopen = reopen
        self._complained = ""
        self._settings = self._settings_now()
        self._notifier = Notifier(services.config.notices, env, None)
        self._apps = Listening(services.paths.run_dir / PIPE)
        self._files: FolderAlarm | None = None
        self._pending: asyncio.TimerHandle | None = None
        self._fetching: asyncio.TimerHandle | None = None
        self._gone: Callable[[], None] = lambda: None
        self._had_home = False
        self._asked: AskedNotice | None = None
        """The offer that is on the screen."""
        self._carrying: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sleep = SleepDelay(env, self._before_sleep)
        self._away = AwayRounds(self._ask)
        self.over: Callable[[], bool] | None = None
        """Asked after each look: whether there is nothing left that this agent was started for."""
        self.looked: Callable[[], None] = lambda: None
        """Called after each look."""
        self.renewed: Callable[[Services], None] = lambda _: None
        """Called with the services that were made anew."""
        self.next_at: Instants = Instants(None, None)
        self._conductor = Conductor(
            ConductorLock(services.paths.run_dir / LOCK),
            services.clock.now,
            lambda: self._announce(bells.plan_notice, to_phone=True),
            lambda: self._announce(bells.rest_notice),
            self._due,
            lambda: self._announce(bells.reminder_notice),
            lambda: self._announce(bells.guard_notice),
        )

    def begin(self, gone: Callable[[], None] = lambda: None) -> None:
        """Start; returns at once. `gone` is called when its home is removed or it is over."""
        self._gone = gone
        self._had_home = self._services.paths.data_dir.is_dir()
        self._conductor.begin()
        loop = self._loop = asyncio.get_running_loop()
        paths = self._services.paths
        with contextlib.suppress(OSError):  # without it the folder of the heartbeat is watched
            paths.guard_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._files = FolderAlarm(
            (paths.ledger_dir, paths.config_dir, paths.watch_dir, paths.guard_dir)
        )
        if self._files.fd is not None:
            loop.add_reader(self._files.fd, self._changed)
            self._later(SETTLE_S)  # what changed since the settings were read
        else:
            self._later(LOOK_S)
        self._listen()
        self._fetch_soon(0)
        loop.run_in_executor(None, self._sleep.begin)

    def end(self) -> None:
        """Stop and let another process conduct."""
        self._conductor.end()
        self._away.end()
        self._sleep.end()
        if self._asked is not None:
            self._asked.end()
        for timer in (self._pending, self._fetching):
            if timer is not None:
                timer.cancel()
        loop = asyncio.get_running_loop()
        for fd in (self._files.fd if self._files else None, self._apps.fd):
            if fd is not None:
                loop.remove_reader(fd)
        if self._files is not None:
            self._files.close()
        self._apps.close()

    def _before_sleep(self) -> None:
        """Note when the running block was last seen; called in a thread of its own."""

        async def look() -> None:
            await self._ask(lambda services: services.focus.observe(person=False))

        loop = self._loop
        if loop is None:
            return
        with contextlib.suppress(RuntimeError, TimeoutError):  # the agent ends, or a disk is slow
            asyncio.run_coroutine_threadsafe(look(), loop).result(SLEEP_WAITS_S)

    def _fetch_soon(self, seconds: float) -> None:
        """Look at the calendars, where there are any, now and every 15 minutes."""
        if self._services.config.plan.calendars:
            loop = asyncio.get_running_loop()
            self._fetching = loop.call_later(seconds, lambda: asyncio.ensure_future(self._fetch()))

    async def _fetch(self) -> None:
        await self._ask(_renew_calendars)
        self._conductor.look_soon()
        self._fetch_soon(EVERY.total_seconds())

    def _listen(self) -> None:
        fd = self._apps.open()
        if fd is not None:
            asyncio.get_running_loop().add_reader(fd, self._app_turned)

    def _app_turned(self) -> None:
        """An app came, or the last one has gone."""
        if self._apps.app_came():
            self._conductor.give_way()
            self._away.end()
            return
        if self._apps.fd is not None:
            asyncio.get_running_loop().remove_reader(self._apps.fd)
        self._listen()
        self._conductor.want()

    def _changed(self) -> None:
        """Files have changed; one look for all that change within two seconds."""
        if self._files is not None and self._files.drain():
            self._later(SETTLE_S)

    def _later(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._pending is not None:
            if self._pending.when() <= loop.time() + seconds:
                return
            self._pending.cancel()
        self._pending = loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._pending = None
        if self._files is None or self._files.fd is None:
            self._later(LOOK_S)
        if self._had_home and not self._services.paths.data_dir.is_dir():
            self._gone()
            return
        self._renew()
        self._conductor.look_soon()

    def _renew(self) -> None:
        """Take settings and zone anew where they changed."""
        now = self._settings_now()
        if now == self._settings or self._reopen is None:
            return
        self._settings = now
        try:
            self._services = self._reopen()
        except FlowError as error:
            self._say(str(error))
            return
        self._notifier = Notifier(self._services.config.notices, self._env, None)
        if self._fetching is not None:
            self._fetching.cancel()
        self._fetch_soon(0)
        self.renewed(self._services)

    def _settings_now(self) -> object:
        zone = local_zone(self._env).key
        return settings_stamp(str(self._services.paths.config_dir)), zone

    async def _due(self) -> Instants:
        def look(services: Services) -> Instants:
            services.store.ledger.refresh()
            services.focus.observe()
            services.runs.ensure_watched()
            bells.run_arrived(services)
            return bells.due(services)

        found = await self._ask(look) or Instants(None, None)
        running = await self._ask(lambda services: services.store.running() is not None)
        self._away.follow(bool(running) and self._conductor.conducts)
        await self._announce(bells.run_notice)
        self.next_at = found
        self.looked()
        if self.over is not None and self.over():
            self._gone()
        return found

    async def _ask(self, call: Callable[[Services], T]) -> T | None:
        """The result of `call`; a ledger that cannot be read is told once, and asked again."""
        try:
            result = await asyncio.to_thread(call, self._services)
        except FlowError as error:
            if str(error) != self._complained:
                self._complained = str(error)
                self._say(self._complained)
            self._later(LOOK_S)
            return None
        self._complained = ""
        return result

    async def _announce(
        self, call: Callable[[Services], Notice | None], to_phone: bool = False
    ) -> None:
        notice = await self._ask(call)
        if notice is None:
            return
        self._say(f"{notice.title}: {notice.body}")
        if notice.buttons and await self._offer(notice):
            return
        delivery = await asyncio.to_thread(self._notifier.send, notice)
        self._keep(notice, delivery)
        for problem in () if delivery.by else delivery.problems:
            self._say(problem)
        if to_phone or notice.severity is Severity.SERIOUS:
            await self._push(notice)

    async def _offer(self, notice: Notice) -> bool:
        """Show a notice with buttons, and do what is answered; False where none can be shown."""
        wanted = self._services.config.notices.desktop
        if not wanted or not await asyncio.to_thread(can_ask, self._env):
            return False
        loop = asyncio.get_running_loop()

        def answered(word: str) -> None:
            with contextlib.suppress(RuntimeError):  # the agent has ended
                loop.call_soon_threadsafe(self._answered, notice, word)

        if self._asked is not None:
            self._asked.end()
        try:
            self._asked = await asyncio.to_thread(AskedNotice, notice, self._env, answered)
        except OSError:
            return False
        self._keep(notice, Delivery((Channel.DESKTOP,)))
        return True

    def _answered(self, notice: Notice, word: str) -> None:
        if word in dict(notice.buttons):
            self._carrying = asyncio.ensure_future(self._carry_out(notice, word))

    async def _carry_out(self, notice: Notice, word: str) -> None:
        said = await self._ask(lambda services: bells.answer_offer(services, notice.about, word))
        if said is not None:
            self._say(said)
            self._conductor.look_soon()

    async def _push(self, notice: Notice) -> None:
        """To the phone, if one was named; a failure is told and not tried again."""
        wanted = self._services.config.notices
        if wanted.ntfy is None:
            return
        problem = await asyncio.to_thread(push, wanted.ntfy, notice, wanted.ntfy_words)
        if problem is not None:
            self._say(problem)

    def _keep(self, notice: Notice, delivery: Delivery) -> None:
        """Note what was told last, and by which way, for `agent status`."""
        told = {
            "at": self._services.clock.now().isoformat(timespec="seconds"),
            "title": notice.title,
            "by": [channel.value for channel in delivery.by],
        }
        with contextlib.suppress(OSError):
            write_atomic(self._services.paths.run_dir / LAST, json.dumps(told).encode())


def _renew_calendars(services: Services) -> None:
    if services.calendars.addresses.any:
        services.calendars.addresses.fetch()
    services.calendars.renew()


async def serve(
    services: Services,
    env: Mapping[str, str],
    say: Callable[[str], None],
    reopen: Callable[[], Services],
    block_id: str | None = None,
    beside: Beside | None = None,
) -> None:
    """Conduct until SIGINT, SIGTERM, SIGHUP or the end of its home; of one block only its end.

    `beside` runs in the same loop, and follows the settings.
    Tells the service manager that started this process, if one did, what it waits for.
    """
    notify = ServiceNotify(env)
    agent = Agent(services, env, say, reopen)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stopped.set)
    if block_id:
        agent.over = lambda: ended(services, block_id)
    agent.looked = lambda: notify.status(_waits_for(agent.next_at, services.zone))
    agent.begin(stopped.set)
    following: set[asyncio.Future[None]] = set()

    def follow(renewed: Services) -> None:
        if beside is not None:
            following.add(one := asyncio.ensure_future(beside.follow(renewed)))
            one.add_done_callback(following.discard)

    agent.renewed = follow
    follow(services)
    notify.ready()
    alive = asyncio.ensure_future(_stay_alive(notify))
    await stopped.wait()
    alive.cancel()
    agent.end()
    if beside is not None:
        await beside.end()


async def _stay_alive(notify: ServiceNotify) -> None:
    while notify.alive_every_s is not None:
        notify.alive()
        await asyncio.sleep(notify.alive_every_s)


def _waits_for(instants: Instants, zone: ZoneInfo) -> str:
    at = instants.first()
    return "nothing is due" if at is None else f"next at {at.astimezone(zone):%a %H:%M}"
