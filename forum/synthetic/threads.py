"""Makes the rows of synthetic threads, with the tags, marks and counts that publishing would have made."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from random import Random

from accounts.models import Account
from forum.models import (
    Aspect,
    Facet,
    Kind,
    Outcome,
    Persona,
    Post,
    SearchEntry,
    Standing,
    Tag,
    Thread,
    ThreadMark,
    ThreadTag,
    Urgency,
)
from forum.models.thread import ALPHABET, slug_of
from forum.standing import standing_of
from forum.states import State
from forum.synthetic import prose
from forum.synthetic.people import People, Person
from forum.synthetic.prose import Skewed
from forum.text.excerpt import excerpt, plain
from forum.text.markdown import RENDERER_VERSION

ANONYMOUS = 0.6
CLOSED = 0.03
SPREAD = timedelta(days=3 * 365)
HOURS_BETWEEN_REPLIES = 30
MOST_UPDATES = 3


@dataclass
class Rows:
    """Rows by model, each model after those that it refers to."""

    threads: list[Thread] = field(default_factory=list)
    personas: list[Persona] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    tags: list[ThreadTag] = field(default_factory=list)
    marks: list[ThreadMark] = field(default_factory=list)
    entries: list[SearchEntry] = field(default_factory=list)

    def by_model(self) -> Iterator[list]:
        return (getattr(self, each.name) for each in fields(self))


class Tree:
    """The tags, each facet's first being the commonest, with their ancestors."""

    def __init__(self) -> None:
        tags = {tag.pk: tag for tag in Tag.objects.order_by("pk")}
        self.above = {tag.pk: list(_ancestors(tag, tags)) for tag in tags.values()}
        self.of = {facet: Skewed([tag for tag in tags.values() if tag.facet == facet]) for facet in Facet}

    def pick(self, rng: Random) -> list[Tag]:
        """Tags for a thread: a discipline or two, a jurisdiction, up to three topics."""
        wanted = [(Facet.DISCIPLINE, 1 + (rng.random() < 0.2)), (Facet.JURISDICTION, 1)]
        wanted.append((Facet.TOPIC, rng.choice([0, 1, 1, 2, 3])))
        picked = [self.of[facet].pick(rng) for facet, count in wanted for _ in range(count)]
        return list({tag.pk: tag for tag in picked}.values())


def _ancestors(tag: Tag, tags: dict[int, Tag]) -> Iterator[Tag]:
    while tag.parent_id:
        tag = tags[tag.parent_id]
        yield tag


class ThreadMaker:
    """Makes one thread after another into `rows`."""

    def __init__(self, people: People, rng: Random, now: datetime) -> None:
        self.people, self.rng, self.now = people, rng, now
        self.tree = Tree()
        self.rows = Rows()

    def make(self, size: int) -> Thread:
        """A published thread of `size` posts."""
        rng = self.rng
        hour = self.now - timedelta(hours=rng.randrange(1, int(SPREAD / timedelta(hours=1))))
        author = None if rng.random() < ANONYMOUS else self.people.members.pick(rng).account
        title, question = prose.title(rng), prose.question(rng)
        thread = Thread(
            id=self._uuid(),
            public_id="".join(rng.choices(ALPHABET, k=12)),
            title=title,
            slug=slug_of(title),
            asking=prose.asking(rng),
            urgency=rng.choices(Urgency.values, [85, 12, 3])[0],
            excerpt=excerpt(question.html),
            author=author,
            state=State.CLOSED if rng.random() < CLOSED else State.PUBLISHED,
            hour=hour,
            active_hour=hour,
            is_demo=True,
        )
        self.rows.threads.append(thread)
        Conversation(self, thread, self._tag(thread)).hold(question, size)
        return thread

    def _tag(self, thread: Thread) -> list[Tag]:
        chosen = self.tree.pick(self.rng)
        chosen_ids = {tag.pk for tag in chosen}
        inherited = {above.pk for tag in chosen for above in self.tree.above[tag.pk]} - chosen_ids
        self.rows.tags += [
            ThreadTag(
                tag_id=pk, content_object_id=thread.pk, inherited=pk in inherited, listed_hour=thread.hour
            )
            for pk in sorted(chosen_ids | inherited)
        ]
        return chosen

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)


class Conversation:
    """The posts of one thread, with its counts kept on the way."""

    def __init__(self, maker: ThreadMaker, thread: Thread, tags: list[Tag]) -> None:
        self.maker, self.rng, self.rows = maker, maker.rng, maker.rows
        self.thread, self.tags = thread, tags
        self.personas: list[Persona] = []
        self.marks: set[tuple[str, str]] = set()

    def hold(self, question: prose.Text, size: int) -> None:
        self.opener = self.thread.author or self._new_persona(is_op=True)
        self._post(Kind.QUESTION, question, self.opener)
        for _ in range(size - 1):
            self._reply()
        self.rows.marks += [
            ThreadMark(thread_id=self.thread.pk, kind=kind, value=value) for kind, value in sorted(self.marks)
        ]

    def _reply(self) -> None:
        """Who replies: moderators more than half of the time, then colleagues, then who asked."""
        dice = self.rng.random()
        if dice < 0.55:
            self._consult(self.maker.people.moderators.pick(self.rng))
        elif dice < 0.75 and self.maker.people.has_clinicians:
            self._give_perspective()
        elif dice < 0.83 and self.thread.update_count < MOST_UPDATES:
            self._update()
        else:
            self._post(Kind.CLARIFICATION, prose.clarification(self.rng), self.opener)

    def _consult(self, person: Person) -> None:
        rng = self.rng
        aspects = rng.sample(Aspect.values, rng.choice([1, 1, 2]))
        self.marks.update((ThreadMark.ASPECT, aspect) for aspect in aspects)
        self.thread.consultation_count += 1
        text = prose.consultation(rng)
        also = {"red_flag": prose.asking(rng)} if rng.random() < 0.1 else {}
        if rng.random() < 0.4:
            also["contingent_on"] = "The law where you practise, and the edition in force."
        post = self._post(Kind.CONSULTATION, text, person.account, aspects=aspects, **also)
        if self.thread.first_reply_after is None:
            self.thread.first_reply_after = (post.hour - self.thread.hour) // timedelta(hours=1)
        self._stand(post, person)

    def _give_perspective(self) -> None:
        rng = self.rng
        text = prose.consultation(rng)
        if rng.random() < 0.4:
            colleagues = self.personas[1:] if self.thread.author is None else self.personas
            known = rng.choice(colleagues) if colleagues and rng.random() < 0.3 else None
            self._post(Kind.PERSPECTIVE, text, known or self._new_persona())
            return
        person = self.maker.people.clinicians.pick(rng)
        if person.account is self.thread.author:
            self._post(Kind.CLARIFICATION, text, self.opener)
        else:
            self._stand(self._post(Kind.PERSPECTIVE, text, person.account), person)

    def _update(self) -> None:
        outcomes = self.rng.sample(Outcome.values, self.rng.choice([1, 2]))
        self.marks.update((ThreadMark.OUTCOME, outcome) for outcome in [*outcomes, ThreadMark.ANY])
        self.thread.update_count += 1
        self._post(Kind.UPDATE, prose.update(self.rng), self.opener, outcomes=outcomes)

    def _post(self, kind: Kind, text: prose.Text, by: Account | Persona, **also) -> Post:
        thread = self.thread
        if kind != Kind.QUESTION:
            thread.reply_count += 1
            gap = timedelta(hours=int(self.rng.expovariate(1 / HOURS_BETWEEN_REPLIES)))
            thread.active_hour = min(thread.active_hour + gap, self.maker.now)
        thread.last_position += 1
        post = Post(
            id=self.maker._uuid(),
            thread_id=thread.pk,
            kind=kind,
            state=State.PUBLISHED,
            hour=thread.active_hour,
            submitted_hour=thread.active_hour,
            position=thread.last_position,
            body=text.body,
            html=text.html,
            renderer_version=RENDERER_VERSION,
            **{"persona_id" if isinstance(by, Persona) else "author_id": by.pk},
            **also,
        )
        self.rows.posts.append(post)
        self._make_findable(post)
        return post

    def _make_findable(self, post: Post) -> None:
        """The entry that `search.index` would make, without its look whether there is one."""
        title, parts = "", [plain(post.html).strip(), post.red_flag]
        if post.kind == Kind.QUESTION:
            title = self.thread.title
            parts.insert(0, self.thread.asking)
        words = "\n".join(part for part in parts if part)
        self.rows.entries.append(
            SearchEntry(post_id=post.pk, thread_id=post.thread_id, title=title, words=words)
        )

    def _stand(self, post: Post, person: Person) -> None:
        own = [*person.disciplines, *person.jurisdictions]
        checked = {tag.pk for tag in person.disciplines} if person.account.is_verified else ()
        standing = standing_of(post, person.account, own=own, asked=self.tags, checked=checked)
        self.rows.standings.append(standing)

    def _new_persona(self, *, is_op: bool = False) -> Persona:
        ordinal = len(self.personas) + 1
        persona = Persona(id=self.maker._uuid(), thread_id=self.thread.pk, ordinal=ordinal, is_op=is_op)
        self.personas.append(persona)
        self.rows.personas.append(persona)
        return persona
