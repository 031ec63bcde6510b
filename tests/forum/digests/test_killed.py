"""Workers that die by SIGKILL or work side by side: nobody gets two of one period, or none without a word."""

from itertools import count

import pytest

from forum.digests import send
from forum.digests.send import LEASE, send_due
from forum.models import Digest
from tests import make
from tests.forum.digests.conftest import DUE, SAID, chosen
from tests.processes import die_at, in_a_process_of_its_own, was_killed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def members(tags, mia, request):
    make.thread("published", by=mia, now=SAID)
    return [chosen(make.account(), tags["us"]).account for _ in range(request.param)]


@pytest.mark.parametrize("members", [3], indirect=True)
def test_a_kill_at_any_step_leaves_everybody_with_one_or_a_word_about_it(post_office, members):
    fresh = list(Digest.objects.values())
    uncertain = 0
    for step in count(1):
        for row in fresh:
            Digest.objects.filter(pk=row["account_id"]).update(**row)
        post_office.mails.clear()

        def sweep_and_die(step: int = step) -> None:
            die_at(step)
            send_due(lambda: DUE)

        if not was_killed(in_a_process_of_its_own(sweep_and_die)):
            break
        left = send_due(lambda: DUE + LEASE)
        assert left["uncertain"] <= 1
        uncertain += left["uncertain"]
        for account in members:
            got, last = len(post_office.to(account)), Digest.objects.get(account=account).last
            assert got == 1 if last == "sent" else (last, got <= 1) == ("uncertain", True)
        assert not send_due(lambda: DUE + 2 * LEASE)
    assert step > 20
    assert uncertain


@pytest.mark.parametrize("members", [40], indirect=True)
def test_two_workers_send_one_each(post_office, members, monkeypatch):
    monkeypatch.setattr(send, "BATCH", 3)
    pids = [in_a_process_of_its_own(lambda: send_due(lambda: DUE)) for _ in range(2)]
    assert [was_killed(pid) for pid in pids] == [False, False]
    assert sorted(mail["To"] for mail in post_office.mails) == sorted(account.email for account in members)
    assert set(Digest.objects.values_list("last", flat=True)) == {"sent"}
