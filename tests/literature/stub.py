"""Five services on this machine, with the shapes of the real ones and any fault on demand."""

import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">{pmid}</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Print">1234-5678</ISSN>
<JournalIssue CitedMedium="Print">
<Volume>12</Volume><Issue>3</Issue><PubDate>{date}</PubDate></JournalIssue>
<Title>J Test</Title></Journal>
<ArticleTitle>{title}</ArticleTitle><Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>
<Abstract><AbstractText Label="AIM">To ask.</AbstractText>
<AbstractText>n = 5.</AbstractText></Abstract>
<AuthorList><Author ValidYN="Y"><LastName>Öberg</LastName><ForeName>Kjell</ForeName></Author>
<Author><CollectiveName>The Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList>
<PublicationType UI="D016428">Journal Article</PublicationType>
</PublicationTypeList>
</Article>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>
<ArticleId IdType="doi">10.1000/X{pmid}</ArticleId></ArticleIdList><ReferenceList><Reference>
<ArticleIdList><ArticleId IdType="doi">10.9/cited</ArticleId></ArticleIdList>
</Reference></ReferenceList>
</PubmedData></PubmedArticle>"""
HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
    '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def article(pmid, title=None, date="<Year>2020</Year><Month>May</Month>"):
    """One PubMed article."""
    return ARTICLE.format(pmid=pmid, date=date, title=title or f"CO<sub>2</sub> in NET {pmid}")


class Stub:
    """What the services hold, what was asked, and which faults come next.

    ``days``: PMID to its day of entry. ``faults``: by service, callables of a handler that answer
    instead; each is played once.
    """

    def __init__(self):
        self.days = {str(9000 + i): f"20{10 + i % 10}/01/02" for i in range(230)}
        self.titles = {}
        self.epmc = [f"E{i}" for i in range(120)]
        self.trials = [f"NCT{i:08d}" for i in range(110)]
        self.works = [f"W{i}" for i in range(105)]
        self.dois = [f"10.5555/{i}" for i in range(2_000)]
        self.limit = 10_000
        self.faults = {}
        self.asked = []
        self.times = []
        self.most_at_once = self.now = 0
        self.lock = threading.Lock()
        self.said = {}

    def of(self, service):
        """Parameters of every request to a service."""
        return [params for name, _, params in self.asked if name == service]

    def esearch(self, asked):
        """A list of ids, of days where they are asked."""
        ids = list(self.days)
        if "mindate" in asked:
            low, high = asked["mindate"], asked["maxdate"]
            ids = [one for one in ids if low <= self.days[one] <= high]
        if since := re.search(r'"([\d/]+)"\[crdt\]', asked["term"]):
            ids = [one for one in ids if self.days[one] >= since[1]]
        most = min(int(asked.get("retmax", 20)), self.limit)
        result = {"count": str(len(ids)), "retmax": str(most), "retstart": "0"}
        result |= {"idlist": ids[:most], **self.said}
        return json.dumps({"header": {"type": "esearch"}, "esearchresult": result}).encode()

    def efetch(self, asked):
        """Records of ids."""
        made = "".join(
            article(one, self.titles.get(one)) for one in asked["id"].split(",") if one in self.days
        )
        return f"{HEAD}<PubmedArticleSet>{made}</PubmedArticleSet>".encode()

    def europepmc(self, asked):
        """A page; the last cursor is said again at the end."""
        at = 0 if asked["cursorMark"] == "*" else int(asked["cursorMark"][1:])
        then = min(at + int(asked["pageSize"]), len(self.epmc))
        hits = [
            {"id": one, "source": "MED", "pmid": one[1:], "title": f"Title <i>{one}</i>.",
             "authorString": "Rossi M, Bianchi L.", "pubYear": "2021", "doi": f"10.1000/{one}",
             "abstractText": "<h4>Aim</h4>To ask.", "pubTypeList": {"pubType": ["Review"]},
             "journalInfo": {"volume": "3", "journal": {"title": "J Eur"}}}
            for one in self.epmc[at:then]
        ]  # fmt: skip
        mark = f"c{then}" if hits else asked["cursorMark"]
        answer = {"version": "6.9", "hitCount": len(self.epmc), "nextCursorMark": mark}
        return json.dumps({**answer, "resultList": {"result": hits}}).encode()

    def ctgov(self, asked):
        """A page; only the first says how many."""
        at = int(asked.get("pageToken", "t0")[1:])
        then = min(at + int(asked["pageSize"]), len(self.trials))
        studies = [
            {"protocolSection": {
                "identificationModule": {"nctId": one, "briefTitle": f"Trial {one}"},
                "statusModule": {"overallStatus": self.titles.get(one, "RECRUITING")}},
             "hasResults": False}
            for one in self.trials[at:then]
        ]  # fmt: skip
        answer = {"studies": studies}
        if asked.get("countTotal"):
            answer["totalCount"] = len(self.trials)
        if then < len(self.trials):
            answer["nextPageToken"] = f"t{then}"
        return json.dumps(answer).encode()

    def openalex(self, asked):
        """A page."""
        at = 0 if asked["cursor"] == "*" else int(asked["cursor"][1:])
        then = min(at + int(asked["per_page"]), len(self.works))
        works = [
            {"id": f"https://openalex.org/{one}", "title": f"Work {one}", "publication_year": 2022,
             "doi": f"https://doi.org/10.7/{one}", "type": "article",
             "cited_by_count": len(self.asked),
             "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/77"},
             "authorships": [{"author": {"display_name": "Li Wei"}}],
             "abstract_inverted_index": {"liver": [1], "The": [0], "again": [2]},
             "biblio": {"first_page": "1", "last_page": "7"}}
            for one in self.works[at:then]
        ]  # fmt: skip
        mark = f"m{then}" if works else None
        meta = {"count": len(self.works), "per_page": 100, "next_cursor": mark}
        return json.dumps({"meta": meta, "results": works, "group_by": []}).encode()

    def crossref(self, asked):
        """A page; the cursor stays the same, the place is the server's own."""
        at = 0 if asked["cursor"] == "*" else int(asked["cursor"][1:])
        then = at + int(asked["rows"])
        items = [
            {"DOI": one.upper(), "title": ["A <b>work</b>"], "type": "journal-article",
             "author": [{"family": "Mayo", "given": "S"}, {"name": "Group"}],
             "issued": {"date-parts": [[None]]}, "container-title": []}
            for one in self.dois[at:then]
        ]  # fmt: skip
        message = {"total-results": len(self.dois), "items": items, "next-cursor": f"n{then}"}
        return json.dumps(
            {"status": "ok", "message-type": "work-list", "message": message}
        ).encode()


ROUTES = {
    "/pubmed/esearch.fcgi": ("pubmed", "esearch"),
    "/pubmed/efetch.fcgi": ("pubmed", "efetch"),
    "/europepmc/searchPOST": ("europepmc", "europepmc"),
    "/ctgov/studies": ("ctgov", "ctgov"),
    "/openalex/works": ("openalex", "openalex"),
    "/crossref/works": ("crossref", "crossref"),
}


@contextmanager
def serving(stub):
    """The address of a stub, as long as it is served."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            length = int(self.headers.get("content-length", 0))
            self.handle_one(self.rfile.read(length).decode())

        def do_GET(self):
            self.handle_one(urlsplit(self.path).query)

        def handle_one(self, query):
            with stub.lock:
                stub.now += 1
                stub.most_at_once = max(stub.most_at_once, stub.now)
            try:
                self.answer({name: one[0] for name, one in parse_qs(query).items()})
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                with stub.lock:
                    stub.now -= 1

        def answer(self, asked):
            service, kind = ROUTES[urlsplit(self.path).path]
            stub.asked.append((service, kind, asked))
            stub.times.append((service, time.monotonic()))
            waiting = stub.faults.get(service) or []
            if waiting:
                waiting.pop(0)(self, lambda: getattr(stub, kind)(asked))
                return
            send(self, getattr(stub, kind)(asked))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def send(handler, body, status=200, length=None, **headers):
    """One answer; ``length`` may be another than the body's."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("content-length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def status(code, body=b"no", **headers):
    """A fault of a status."""
    return lambda handler, good: send(handler, body, code, **headers)


def instead(body):
    """A fault inside 200."""
    return lambda handler, good: send(handler, body)


def cut(handler, good):
    """A body that ends before its length."""
    body = good()
    send(handler, body[: len(body) // 2], length=len(body))
    handler.close_connection = True


def short(handler, good):
    """A body cut short of which the length says nothing."""
    body = good()
    send(handler, body[: len(body) // 2])


def reset(handler, good):
    """No answer at all."""
    handler.connection.close()
    handler.close_connection = True


def stall(handler, good):
    """Headers, then nothing."""
    handler.send_response(200)
    handler.send_header("content-length", "100")
    handler.end_headers()
    handler.wfile.flush()
    time.sleep(3)
    handler.close_connection = True


def drip(handler, good):
    """A byte now and then, so that no byte is ever late."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)
    handler.close_connection = True
