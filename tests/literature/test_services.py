"""The clients against five services on this machine that play every fault seen of the real ones."""

import datetime as dt
import hashlib
import json
import os
import re
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.face import called

from hilum.analyses.forms import from_json, to_json
from hilum.analyses.search import SearchAnswered, SearchAsked
from hilum.analyses.search import run as search
from hilum.answers import treatments as known_treatments
from hilum.errors import InputError, Stopped
from hilum.evidence import read_evidence
from hilum.language import words
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.record import Place
from hilum.literature.searches.netlm import block, meets, netlm
from hilum.literature.searches.netlm import treatments as with_search
from hilum.literature.searches.ris import to_ris
from hilum.literature.searches.runs import runs_of
from hilum.literature.searches.saved import Saved, check_text, to_toml
from hilum.literature.searches.seen import digest_of
from hilum.literature.services import asking, crossref, ctgov, europepmc, openalex, pubmed
from hilum.literature.services.asking import Patience, after, complaint
from hilum.literature.services.fault import Passing, ServiceFault
from hilum.literature.services.pubmed_xml import articles
from hilum.literature.services.service import Query, Step
from hilum.literature.services.table import SERVICES
from hilum.rendering.search import search_lines
from tests.analyses.watches import unhindered
from tests.literature import stub as faults
from tests.literature.stub import Stub, serving

QUICK = Patience(first=0.01, longest=0.02, stall=0.4, whole=0.8, connect=1.0)
QUERIES = {
    "pubmed": {"query": "net[tiab]"},
    "europepmc": {"query": "TITLE_ABS:net"},
    "ctgov": {"cond": "net", "intr": "prrt"},
    "openalex": {"query": "net, liver"},
    "crossref": {"query": "net liver", "most": "150"},
}
READERS = {
    "europepmc": europepmc.record_of,
    "ctgov": ctgov.record_of,
    "openalex": openalex.record_of,
    "crossref": crossref.record_of,
}
CAME = {"pubmed": 230, "europepmc": 120, "ctgov": 110, "openalex": 105, "crossref": 150}
TOO_FAST = b'{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"5","limit":"3"}'
FAULTS = {
    "too fast": faults.status(429, TOO_FAST),
    "too fast, wait": faults.status(429, b"slow", retry_after="0"),
    "500": faults.status(500, b"<html>oops</html>"),
    "503": faults.status(503),
    "cut": faults.cut,
    "short": faults.short,
    "reset": faults.reset,
    "stall": faults.stall,
    "drip": faults.drip,
    "a sentence inside 200": faults.instead(
        b"unable to open database file received in QueryMiRGate for URL: x"
    ),
    "an empty body": faults.instead(b""),
    "another shape": faults.instead(b'{"a": [1]}'),
    "no UTF-8": faults.instead(b'{"meta": "\xff"}'),
}


@pytest.fixture
def server(monkeypatch):
    for variable in ("NCBI_API_KEY", "OPENALEX_API_KEY", "HILUM_MAILTO"):
        monkeypatch.delenv(variable, raising=False)
    # The distance from one request to the next has its own test.
    monkeypatch.setattr(asking.Asker, "_pause", lambda *_: None)
    stub = Stub()
    with serving(stub) as address:
        for one in SERVICES.values():
            monkeypatch.setenv(one.variable, f"{address}/{one.code}/")
        yield stub


@pytest.fixture
def review(tmp_path):
    return save(tmp_path, QUERIES)


def save(folder, queries, name="net", **more):
    place = folder / "searches" / f"{name}.toml"
    place.parent.mkdir(exist_ok=True)
    place.write_text(to_toml(Saved(name=name, title="NET", queries=queries, **more)), "utf-8")
    return folder


def ran(folder, mode="run", **more):
    return search(SearchAsked(folder=folder, mode=mode, **more), patience=QUICK)


def counts(answer):
    return {one.service: one.records for one in answer.searches[0].services}


def test_every_service_is_read_to_its_end(server, review):
    answer = ran(review)
    assert answer.complete
    assert counts(answer) == CAME
    assert answer.new == sum(CAME.values())
    assert answer.as_of == answer.searches[0].begun
    assert all(one.faulty == () and one.failed is None for one in answer.searches[0].services)
    assert [one.total for one in answer.searches[0].services] == list(CAME.values())
    assert from_json(SearchAnswered, to_json(answer)) == answer


def test_answers_are_kept_as_they_came(server, review):
    ran(review)
    (run,) = runs_of(review, "net")
    place = review / "searches" / "net" / "runs" / run.stamp
    pages = [page for one in run.services for page in one.pages]
    assert {one.name for one in place.glob("*-*.*")} == {page.file for page in pages}
    for page in pages:
        assert hashlib.sha256((place / page.file).read_bytes()).hexdigest() == page.sha256
        assert dt.datetime.fromisoformat(page.date).tzinfo is not None
    ris = (place / "new.ris").read_text("utf-8")
    assert ris.count("TY  - ") == ris.count("ER  - ") == sum(CAME.values())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_changes_nothing(server, tmp_path, name):
    """Each fault before the first and before the second answer of every service."""
    slow = name in ("stall", "drip")
    good = lambda handler, good: faults.send(handler, good())  # noqa: E731
    for code in ["pubmed"] if slow else QUERIES:
        server.faults[code] = [FAULTS[name], good, FAULTS[name]]
    queries = {"pubmed": QUERIES["pubmed"]} if slow else QUERIES
    answer = ran(save(tmp_path, queries))
    assert counts(answer) == {code: CAME[code] for code in queries}
    assert not any(server.faults.values())
    assert answer.complete


def test_what_does_not_pass_leaves_the_others_and_is_taken_up_again(server, review):
    server.faults["europepmc"] = [lambda handler, good: faults.send(handler, good())]
    server.faults["europepmc"] += [faults.status(500)] * QUICK.tries
    answer = ran(review)
    assert not answer.complete
    assert answer.as_of is None
    assert counts(answer) == {**CAME, "europepmc": 100}
    failed = {one.service: one.failed for one in answer.searches[0].services}
    assert failed["europepmc"].facts["status"] == "500"
    assert sum(one is not None for one in failed.values()) == 1
    before = len(server.asked)
    again = ran(review)
    assert [one[0] for one in server.asked[before:]] == ["europepmc"] * 2
    assert again.searches[0].taken_up
    assert again.complete
    assert again.searches[0].stamp == answer.searches[0].stamp
    assert counts(again) == CAME
    assert again.new == sum(CAME.values()), "new in this run, as it was first said"


def test_a_refusal_is_not_asked_again(server, review):
    server.faults["openalex"] = [
        faults.status(400, b'{"error":"Invalid filter","message":"Unknown filter field: x"}')
    ]
    answer = ran(review)
    told = next(one for one in answer.searches[0].services if one.service == "openalex")
    assert told.state == "failed"
    assert told.failed.facts["said"] == "Unknown filter field: x"
    assert len(server.of("openalex")) == 1
    text = "\n".join(search_lines(answer, words("en")))
    assert "Unknown filter field: x" in text
    assert "not yet" in text


def test_a_place_grown_old_is_read_from_the_beginning(server, review):
    ok = lambda handler, good: faults.send(handler, good())  # noqa: E731
    expired = (
        b'{"status":"failed","message-type":"resource-failure","message":'
        b'[{"type":"cursor-invalid","value":"n100","message":"old"}]}'
    )
    server.faults["crossref"] = [ok, *[faults.status(500)] * QUICK.tries]
    ran(review, service=("crossref",))
    server.faults["crossref"] = [faults.status(404, expired)]
    answer = ran(review, service=("crossref",))
    assert counts(answer) == {"crossref": 150}
    assert [one.code for one in answer.searches[0].services[0].remarks] == ["begun_again"]


def test_pubmed_is_split_by_days(server, tmp_path, monkeypatch):
    monkeypatch.setattr(pubmed, "LIMIT", 60)
    server.limit = 60
    answer = ran(save(tmp_path, {"pubmed": QUERIES["pubmed"]}))
    assert counts(answer) == {"pubmed": 230}
    spans = [(one["mindate"], one["maxdate"]) for one in server.of("pubmed") if "mindate" in one]
    assert len(spans) > 7
    assert len(set(spans)) == len(spans)
    (one,) = answer.searches[0].services
    assert (one.total, one.remarks) == (230, ())


def test_a_day_with_too_many_is_said(server, tmp_path, monkeypatch):
    monkeypatch.setattr(pubmed, "LIMIT", 60)
    server.limit = 60
    server.days = dict.fromkeys(server.days, "2015/03/04")
    answer = ran(save(tmp_path, {"pubmed": QUERIES["pubmed"]}))
    (one,) = answer.searches[0].services
    assert one.records == 60
    assert {remark.code for remark in one.remarks} == {"day_too_full", "fewer_than_said"}
    text = "\n".join(search_lines(answer, words("en")))
    assert "230 hits of one day (2015-03-04), of which the service gives 60" in text


def test_a_phrase_that_was_not_found_is_said(server, tmp_path):
    server.said = {
        "errorlist": {"phrasesnotfound": ["carcinodi"], "fieldsnotfound": []},
        "warninglist": {"outputmessages": ["No items found."], "phrasesignored": ["of"]},
    }
    server.days = {}
    answer = ran(save(tmp_path, {"pubmed": QUERIES["pubmed"]}))
    (one,) = answer.searches[0].services
    assert (one.state, one.records, one.total) == ("complete", 0, 0)
    assert [remark.code for remark in one.remarks] == ["phrase_not_found", "phrase_ignored"]
    assert answer.as_of is not None, "an empty run leaves a report"
    assert (tmp_path / answer.searches[0].folder / "report.json").exists()


def test_records_that_do_not_come_are_named(server, tmp_path):
    good = server.efetch
    server.efetch = lambda asked: good({"id": asked["id"].replace("9003,", "")})
    answer = ran(save(tmp_path, {"pubmed": QUERIES["pubmed"]}))
    (one,) = answer.searches[0].services
    assert (one.records, one.faulty) == (229, ("9003",))


def test_watching_finds_what_is_new_and_what_changed(server, review):
    ran(review)
    today = f"{dt.datetime.now(tz=dt.UTC):%Y/%m/%d}"
    server.days["31"] = today
    server.epmc.append("E999")
    server.titles["NCT00000003"] = "COMPLETED"
    before = len(server.asked)
    answer = ran(review, "watch")
    assert {(one.service, one.record_id) for one in answer.searches[0].new} == {
        ("pubmed", "31"), ("europepmc", "MED:E999")
    }  # fmt: skip
    assert [one.record_id for one in answer.searches[0].changed] == ["NCT00000003"]
    asked = {name: one for name, _, one in server.asked[before:]}
    day = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=7)
    assert asked["ctgov"]["filter.advanced"] == f"AREA[LastUpdatePostDate]RANGE[{day},MAX]"
    assert f'"{day:%Y/%m/%d}"[crdt]' in server.of("pubmed")[-2]["term"]
    assert asked["crossref"]["filter"] == f"from-update-date:{day}"
    nothing = ran(review, "watch")
    assert (nothing.new, nothing.changed, nothing.complete) == (0, 0, True)
    assert nothing.as_of == nothing.searches[0].begun


def test_a_watch_before_any_run_asks_for_all(server, review):
    answer = ran(review, "watch", service=("pubmed",))
    assert counts(answer) == {"pubmed": 230}
    assert answer.searches[0].services[0].since is None


def test_another_query_is_not_watched_by_the_old_ones_day(server, review):
    ran(review, service=("pubmed",))
    save(review, {"pubmed": {"query": "other[tiab]"}})
    answer = ran(review, "watch")
    assert answer.searches[0].services[0].since is None
    assert answer.new == 0, "records that came by the older query are not new"


def test_a_broken_off_run_of_another_query_is_not_taken_up(server, tmp_path):
    review = save(tmp_path, {"pubmed": QUERIES["pubmed"]})
    server.faults["pubmed"] = [faults.status(500)] * QUICK.tries
    ran(review)
    save(review, {"pubmed": {"query": "other[tiab]"}})
    assert not ran(review).searches[0].taken_up
    terms = [one["term"] for one in server.of("pubmed") if "term" in one]
    assert terms[-1] == "(other[tiab])"


def test_limits_stand_in_every_query(server, tmp_path):
    limits = {
        "languages": ("en", "zh"),
        "published_from": dt.date(1990, 1, 2),
        "published_to": dt.date(2020, 3, 4),
    }
    ran(save(tmp_path, QUERIES, **limits))
    term = server.of("pubmed")[0]["term"]
    assert term == (
        '(net[tiab]) AND (english[la] OR chinese[la]) AND ("1990/01/02"[dp] : "2020/03/04"[dp])'
    )
    assert server.of("europepmc")[0]["query"] == (
        "(TITLE_ABS:net) AND (LANG:eng OR LANG:chi) AND (FIRST_PDATE:[1990-01-02 TO 2020-03-04])"
    )
    assert server.of("openalex")[0]["filter"] == (
        "title_and_abstract.search:net  liver,language:en|zh,"
        "from_publication_date:1990-01-02,to_publication_date:2020-03-04"
    )
    assert server.of("crossref")[0]["filter"] == (
        "from-pub-date:1990-01-02,until-pub-date:2020-03-04"
    )
    assert server.of("ctgov")[0]["query.cond"] == "net"


def test_keys_are_sent_and_never_written(server, review, monkeypatch):
    monkeypatch.setenv("NCBI_API_KEY", "SECRET-NCBI")
    monkeypatch.setenv("OPENALEX_API_KEY", "SECRET-OA")
    monkeypatch.setenv("HILUM_MAILTO", "me@example.org")
    server.faults["openalex"] = [faults.status(401, b'{"error":"Bad key SECRET-OA"}')]
    answer = ran(review)
    assert server.of("pubmed")[0]["api_key"] == "SECRET-NCBI"
    assert server.of("crossref")[0]["mailto"] == "me@example.org"
    assert "***" in to_json(answer)
    for file in review.rglob("*"):
        if file.is_file():
            text = file.read_bytes()
            assert b"SECRET" not in text
            assert b"me@example.org" not in text
    assert "SECRET" not in to_json(answer)


def test_openalex_needs_a_key_of_the_users_own(review, monkeypatch):
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    monkeypatch.delenv("HILUM_OPENALEX_URL", raising=False)
    answer = ran(review, service=("openalex",))
    (one,) = answer.searches[0].services
    assert one.state == "failed"
    assert "OPENALEX_API_KEY" in "\n".join(search_lines(answer, words("en")))


def test_crossref_is_asked_one_at_a_time_and_not_too_fast(tmp_path, monkeypatch):
    stub = Stub()
    with serving(stub) as address:
        monkeypatch.setenv("HILUM_CROSSREF_URL", f"{address}/crossref")
        save(tmp_path, {"crossref": {"query": "x", "most": "300"}})
        ran(tmp_path)
    times = [at for _, at in stub.times]
    assert len(times) == 3
    assert stub.most_at_once == 1
    assert min(b - a for a, b in pairwise(times)) >= 0.2


def test_a_service_says_how_long_to_wait(server, monkeypatch):
    waits = []
    monkeypatch.setattr(asking.Asker, "_pause", lambda _, seconds: waits.append(seconds))
    asker = asking.Asker(SERVICES["pubmed"], asking.address_of(SERVICES["pubmed"]), QUICK)
    server.faults["pubmed"] = [faults.status(429, TOO_FAST, retry_after="7")]
    request = pubmed.request(pubmed.begin(Query(words={})), Query(words={"query": "x"}))
    asker.ask(request, lambda body: body)
    assert [round(one, 2) for one in waits if one > 1] == [7]
    server.faults["pubmed"] = [faults.status(429, TOO_FAST, retry_after="90000")]
    with pytest.raises(asking.Refusal, match="90000 seconds: run it again then"):
        asker.ask(request, lambda body: body)
    asker.close()


def test_waits_grow_and_are_blurred():
    asker = asking.Asker(SERVICES["pubmed"], "http://x", Patience(first=1, longest=10))
    fault = asking.Passing("x")
    for failed, most in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (9, 10)):
        waits = {asker._wait(fault, failed) for _ in range(20)}
        assert most / 2 <= min(waits) < max(waits) <= most


def test_retry_after_in_each_of_its_forms():
    assert after("120") == 120
    soon = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=30)
    assert 28 <= after(soon.strftime("%a, %d %b %Y %H:%M:%S GMT")) <= 30
    assert after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    for text in ("", "soon", "-5", "１２", "Wed, 99 Oct"):
        assert after(text) is None


def test_an_error_does_not_repeat_the_askers_address():
    assert complaint(TOO_FAST) == "API rate limit exceeded"


def test_it_stops_while_a_service_is_silent(server, tmp_path):
    review = save(tmp_path, {"pubmed": QUERIES["pubmed"]})

    asked = []

    class Soon:
        def stage(self, *_):
            pass

        def done(self, n=1):
            if len(server.asked) == 2:
                asked.append(unhindered())
                raise Stopped("stopped")

    server.faults["pubmed"] = [lambda handler, good: faults.send(handler, good()), faults.stall]
    with pytest.raises(Stopped):
        search(SearchAsked(folder=review), Soon(), patience=Patience(stall=30))
    assert unhindered() - asked[0] < 2
    assert threading.active_count() < 12
    answer = ran(review)
    assert answer.searches[0].taken_up
    assert sum(kind == "esearch" for _, kind, _ in server.asked) == 1, "the list was kept"
    assert counts(answer) == {"pubmed": CAME["pubmed"]}


def test_an_answer_changed_on_the_disk_is_left_out_and_said(server, review):
    server.faults["crossref"] = [faults.status(500)] * QUICK.tries
    answer = ran(review)
    page = next((review / answer.searches[0].folder).glob("ctgov-0001.json"))
    page.write_bytes(page.read_bytes().replace(b"Trial NCT00000001", b"Trial XXX00000001"))
    again = ran(review)
    told = {one.service: one for one in again.searches[0].services}["ctgov"]
    assert [one.code for one in told.remarks] == ["answer_spoilt"]
    assert told.records == 10


def test_a_redirection_is_followed_and_never_without_an_end(server, tmp_path):
    def moved(handler, good):
        faults.send(handler, b"", 301, location=handler.path)

    folder = save(tmp_path, {"openalex": QUERIES["openalex"]})
    server.faults["openalex"] = [moved]
    assert ran(folder).complete
    server.faults["openalex"] = [moved] * 10
    answer = ran(folder, afresh=True)
    assert "without an end" in answer.searches[0].services[0].failed.message


def test_a_saved_search_is_read_with_every_fault_of_it():
    text = (
        'format = 2\nname = "A B"\nlanguages = ["xx"]\npublished_from = 2020-01-02\n'
        'published_to = 2019-01-01\nquerry = 1\n[pubmed]\nqeury = "x"\n[ctgov]\nmost = 0\n'
    )
    with pytest.raises(InputError) as error:
        check_text(text, "net.toml")
    assert [one.column for one in error.value.faults] == [
        "querry", "format", "name", "languages", "published_to", "pubmed.qeury", "pubmed.query",
        "ctgov", "ctgov.most",
    ]  # fmt: skip


def test_a_saved_search_goes_through_its_file_and_back():
    saved = Saved(
        name="a-1",
        title="Quote \" and ' and \\ and 中文",
        treatment="tace",
        languages=("en",),
        published_from=dt.date(2001, 2, 3),
        queries={
            "pubmed": {"query": "\"a b\"[tiab] OR 'x'\n"},
            "crossref": {"query": "x", "most": "7"},
        },
    )
    assert check_text(to_toml(saved), "a-1.toml") == saved


def test_the_state_of_a_run_is_plain_and_diffable(server, review):
    ran(review)
    (run,) = runs_of(review, "net")
    text = (review / "searches" / "net" / "runs" / run.stamp / "run.json").read_text("utf-8")
    assert json.loads(text)["search"]["queries"] == QUERIES
    table = (review / "searches" / "net" / "seen.csv").read_text("utf-8").splitlines()
    assert table[1:] == sorted(table[1:])
    assert len(table) == 1 + sum(CAME.values())


def test_the_shipped_searches_are_saved_run_and_watched_from_the_terminal(server, tmp_path):
    env = {**os.environ, "OPENALEX_API_KEY": "k"}
    done = called("literature", "search", "new", tmp_path, "--set", "netlm", env=env)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "searches").glob("*.toml"))) == len(with_search())
    one = ("literature", "search", "watch", tmp_path, "--name", "tace")
    done = called(*one, "--json", env=env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["new"] == sum(CAME.values()) - CAME["crossref"]
    assert "chemoemboli*[tiab]" in server.of("pubmed")[0]["term"]
    done = called(*one, "--language", "zh", env=env)
    assert done.returncode == 0, done.stderr
    reports = sorted((tmp_path / "searches" / "tace" / "runs").glob("*/report.txt"))
    assert len(reports) == 2, "an empty run leaves a report"
    server.faults["ctgov"] = [faults.status(404)]
    assert called(*one, env=env).returncode == 1


def test_every_treatment_has_a_search_that_is_sound():
    known = known_treatments()
    assert set(with_search()) == set(known)
    for name in with_search():
        saved = netlm(name, known[name].label, known[name].kind)
        assert check_text(to_toml(saved), f"{name}.toml") == saved
        pubmed_query = saved.queries["pubmed"]["query"]
        assert pubmed_query.count("(") == pubmed_query.count(")")
        assert not re.search(r"\*", saved.queries["openalex"]["query"])
        assert "[mesh" not in pubmed_query.lower()
        words_ = re.findall(r'([^\s()"]+|"[^"]+")\[tiab\]', pubmed_query)
        assert all(len(one.rstrip("*")) >= 4 for one in words_ if one.endswith("*"))


def test_titles_of_the_evidence_are_found_by_the_words():
    """A floor: titles alone, of which many in the table are shortened."""
    record = read_evidence()
    of = {one.study_id: one.title for one in record.studies if one.title}
    known = known_treatments()
    pairs = {
        (name, arm.study_id)
        for name, one in known.items()
        for arm in record.arms
        if set(arm.modality.split("+")) & set(one.modalities) and arm.study_id in of
    }
    met = sum(meets(of[study], block("treatment", name)) for name, study in pairs)
    assert (len(pairs), met) == (378, 324)
    assert sum(meets(title, block("tumour")) for title in of.values()) == 290


def test_identifiers_of_cited_works_are_not_the_records_own(server, tmp_path):
    ran(save(tmp_path, {"pubmed": QUERIES["pubmed"]}))
    (page, *_) = tmp_path.rglob("pubmed-0002.xml")
    one = pubmed.again(page.read_bytes(), "net", 0)[0]
    assert one.identifiers == (("pmid", "9000"), ("doi", "10.1000/x9000"), ("issn", "1234-5678"))
    assert one.title == "CO2 in NET 9000"
    assert one.authors == ("Öberg, Kjell", "The Group")
    assert one.abstract == "AIM: To ask.\nn = 5."
    assert (one.year, one.pages, one.language) == (2020, "1-9", "eng")
    assert not any("cited" in field.value for field in one.fields)


def test_xml_with_entities_of_its_own_is_refused():
    bomb = b'<!DOCTYPE a [<!ENTITY x "yyyy">]><PubmedArticleSet>&x;</PubmedArticleSet>'
    with pytest.raises(Passing):
        articles(bomb, "x", 0)


def test_an_answer_and_an_export_of_pubmed_say_the_same(tmp_path):
    """One reader: whatever comes by the service is what the file of it gives."""
    path = Path(__file__).parent / "exports" / "troubles" / "pubmed_hard.xml"
    answered, faulty = articles(path.read_bytes(), "x", 0)
    exported = read(path).records
    assert faulty == []
    assert [replace(one, place=None, fields=()) for one in answered] == [
        replace(one, place=None, fields=()) for one in exported
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<PubmedArticleSet>", '<PubmedArticleSet xmlns="urn:x">'),
        lambda text: text.replace("<PubmedArticle>", '<PubmedArticle xmlns="urn:x">'),
        lambda text: re.sub(r"<(/?)([A-Z])", r"<\1pm:\2", text).replace(
            "<pm:PubmedArticleSet>", '<pm:PubmedArticleSet xmlns:pm="urn:x">'
        ),
        lambda text: text.replace(" in <i>SSTR2</i>-", " in <m:mi>SSTR2</m:mi>-").replace(
            "<PubmedArticleSet>", '<PubmedArticleSet xmlns:m="urn:m">'
        ),
    ],
)
def test_names_with_a_namespace_are_the_same_names(change, tmp_path):
    hard = Path(__file__).parent / "exports" / "troubles" / "pubmed_hard.xml"
    text = hard.read_text("utf-8")
    text = text[: text.index("<!DOCTYPE")] + text[text.index("<PubmedArticleSet>") :]
    path = tmp_path / "x.xml"
    path.write_text(change(text), "utf-8")
    found, plain = read(path), read(hard)
    assert (found.whole, len(found.records), found.deleted) == (True, 3, plain.deleted)
    answered, _ = articles(path.read_bytes(), "x", 0)
    for one in (found.records, answered):
        assert [replace(x, place=None, fields=()) for x in one] == [
            replace(x, place=None, fields=()) for x in plain.records
        ]


@pytest.mark.parametrize("code", ["europepmc", "ctgov", "openalex", "crossref"])
@given(st.data())
@settings(max_examples=20, deadline=None)
def test_a_reader_takes_any_item(code, data):
    """Whatever stands where a part should be, a record comes out, or None: never an error."""
    keys = st.sampled_from(
        [*("id", "source", "title", "DOI", "author", "authorList", "issued", "date-parts"),
         *("protocolSection", "identificationModule", "nctId", "ids", "biblio", "journalInfo"),
         *("abstract_inverted_index", "authorships", "keywordList", "container-title", "ISSN")]
    )  # fmt: skip
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    tree = st.recursive(
        leaf, lambda one: st.lists(one, max_size=3) | st.dictionaries(keys, one, max_size=4)
    )
    item = data.draw(st.dictionaries(keys, tree, max_size=6))
    good = {
        "europepmc": {"id": "1", "source": "MED"},
        "ctgov": {},
        "openalex": {"id": "https://openalex.org/W1"},
        "crossref": {"DOI": "10.1/a"},
    }[code]
    made = READERS[code]({**item, **good}, Place("x", 1))
    assert code == "ctgov" or made is not None
    if made is not None:
        digest_of(made, code)
        assert to_ris([(code, made)]).endswith("ER  - \n\n")


@pytest.mark.parametrize("code", SERVICES)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_spoilt_answer_is_read_or_refused(code, data):
    """Bytes cut, changed and put in anywhere of a page as each service sends it."""
    body = bytearray(PAGES[code])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        end = at + data.draw(st.integers(0, 40))
        body[at:end] = data.draw(st.binary(max_size=6) | st.sampled_from(PIECES))
    query = Query(words=QUERIES[code])
    state = SERVICES[code].begin(query)
    if code == "pubmed":
        state = {**state, "days": [], "ids": ["9000", "9001"], "total": 2}
    step, told = Step(), ""
    try:
        step = SERVICES[code].read(state, query, bytes(body), "net")
    except ServiceFault as fault:
        told = fault.sentence
    assert "\x1b" not in told
    for one in step.records:
        digest_of(one, code)
        assert not set("\x00\x1b\x9b\n") & set(one.title)
    to_ris((code, one) for one in step.records).encode()


PIECES = (b"null", b"[]", b"{}", b'"\\ud800"', b"\\u001b[31m", b"<", b"&#x9b;", b"1e999", b"\x00")


def _pages():
    stub = Stub()
    one = {"pageSize": "3", "cursorMark": "*", "per_page": "3", "cursor": "*", "rows": "3"}
    made = {code: getattr(stub, code)({**one, "countTotal": "true"}) for code in READERS}
    return {**made, "pubmed": stub.efetch({"id": "9000,9001"})}


PAGES = _pages()


def test_a_title_cannot_command_a_terminal():
    item = {"DOI": "10.1/a", "title": ["a\x1b[31mb\x9bc\nd &#27;e"]}
    assert crossref.record_of(item, Place("x", 1)).title == "a [31mb c d e"
