"""What the words in class, id, role and like attributes hint at: data, and the function that reads it.

A word is a run of letters, cut at camel case: `relatedPosts` is `related` and `posts`. An entry matches a word that is
equal to it; with a star, one that begins (`comment*`) or ends (`*comments`) with it or holds it (`*widget*`). The words
are those that many sites and content systems share, English ones and the commonest of German, French, Spanish,
Portuguese, Italian, Dutch, Polish and Russian sites.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.expression import expression

TOPICS: dict[str, str] = {
    "content": "content contents text copy richtext prose inhalt contenu contenido conteudo contenuto tekst txt fulltext",
    "article": (
        "article* artikel* articolo articulo artigo news* noticia* story* post post-* entry blog* beitrag page main"
        " primary detail*"
    ),
    "body": "body text copy bodytext *body paragraph* para content",
    "title": "title* headline* heading* hed titel titre titulo titolo header",
    "lead": "lead lede standfirst intro* deck dek subtitle* subhead* subheadline* excerpt summary abstract teaser-text chapeau",
    "byline": "byline* author* autor* auteur* autore writer* reporter* journalist* bio biograph* contributor* vcard profile*",
    "user": "user* *user nick* poster* creator* member* commenter* handle",
    "date": (
        "date* age *ago time* timestamp* datum fecha data published* publish pubdate updated* datetime meta posted*"
        " entry-meta"
    ),
    "caption": "caption* figcaption* legend* image* img* photo* foto* picture* credit* gallery* slide* media* thumb*",
    "comment": (
        "comment* *comments komment* commentaire* comentario* reply replies disqus* respond discussion* livefyre*"
        " reactions opinions feedback fbcomments forum"
    ),
    "related": (
        "related* recommend* popular* trending* mostread* most-* similar* latest* recent* more* also* next* prev*"
        " previous* pagination* pager* upnext outbrain* taboola* readmore* verwandte* relacionad* suggested* others"
        " archive* promo-* zergnet* hot top"
    ),
    "teaser": "teaser* card* tile* promo* listing* item items grid carousel* swiper* slider* feed excerpt* blurb* module",
    "share": (
        "share* sharing* social* facebook* twitter* tweet* addthis* addtoany* whatsapp* linkedin* pinterest* follow*"
        " like* print* email* rss sociable* sharedaddy jp bookmark*"
    ),
    "nav": (
        "nav* *nav menu* *menu breadcrumb* crumb* tabs tab toolbar* topbar* navbar* sitemap* skip* toc jump* links"
        " quicklinks navigation* hamburger* dropdown* submenu*"
    ),
    "side": "side* *sidebar aside rail* right* left* column* col secondary widget* *widget* complementary sticky*",
    "foot": "foot* *footer bottom* copyright* legal* colophon contentinfo disclaimer* imprint impressum terms privacy",
    "head": "masthead* banner* header* *header logo* branding topheader site-header",
    "ad": "ad ads adv advert* *ads adsense* sponsor* promoted* werbung* publicit* anzeige* reklam* dfp* gpt* billboard*"
    " commercial",
    "consent": "cookie* consent* gdpr* ccpa* onetrust* cmp privacy* alert* notice* notification* toast*",
    "signup": (
        "newsletter* subscri* signup* sign sign-* mailing* optin* abonn* abo login* log-* register* registration* account*"
        " paywall* premium* piano* metered* donate* donation* membership* join"
    ),
    "tags": "tag tags taglist tagged topic* categor* kategorie* label* labels keywords subjects section-*",
    "search": "search* suche* buscar* recherche* form* input* button* btn* cta filter* sort* select*",
    "popup": "modal* popup* overlay* dialog* lightbox* drawer* offcanvas* tooltip* interstitial* hidden* collapse*",
    "hidden": "sr screenreader* offscreen* visually* visuallyhidden invisible assistive* a11y hide* hidden noprint",
    "product": "price* product* cart basket shop* buy* sku rating* review* stars spec* availability store checkout",
    "quote": "quote* blockquote* pull* pullquote* citation* embed* tweet* instagram* video* player* audio* podcast*",
    "list": "list* menu-item results result table* row rows index archive directory toc faq accordion*",
}
"""For each topic the words that hint at it."""

MAX_HINT = 400
"""Code points of an attribute that are read."""
TOPIC_BIT = {name: 1 << bit for bit, name in enumerate(TOPICS)}
STRONG = 1 << len(TOPICS)
"""Set where a single class or id names the body of an article: `entry-content`, `story-body`, `articleText`."""


def _entries() -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int]]:
    exact: dict[str, int] = {}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    inside: dict[str, int] = {}
    for topic, words in TOPICS.items():
        for entry in words.split():
            word = entry.strip("*")
            if entry.startswith("*") and entry.endswith("*"):
                own = inside
            elif entry.startswith("*"):
                own = ends
            elif entry.endswith("*"):
                own = starts
            else:
                own = exact
            own[word] = own.get(word, 0) | TOPIC_BIT[topic]
    return exact, starts, ends, inside


_EXACT, _STARTS, _ENDS, _INSIDE = _entries()
_LONGEST = max(map(len, (*_STARTS, *_ENDS)))
_WORD = expression(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")
_ARTICLE, _BODY = TOPIC_BIT["article"], TOPIC_BIT["body"]


@lru_cache(maxsize=1 << 16)
def word_topics(word: str) -> int:
    """The topics a lower-case word hints at, as bits."""
    bits = _EXACT.get(word, 0)
    for size in range(1, min(len(word), _LONGEST) + 1):
        bits |= _STARTS.get(word[:size], 0) | _ENDS.get(word[-size:], 0)
    for part, own in _INSIDE.items():
        if part in word:
            bits |= own
    return bits


@lru_cache(maxsize=1 << 14)
def hint_topics(value: str) -> int:
    """The topics that the first `MAX_HINT` code points of an attribute's value hint at, with `STRONG`. Pages of a site repeat
    them."""
    bits = 0
    for token in value.split():
        bits |= _token_topics(token)
    return bits


@lru_cache(maxsize=1 << 16)
def _token_topics(token: str) -> int:
    bits = 0
    for word in _WORD.findall(token):
        bits |= word_topics(word.lower())
    return bits | STRONG if bits & _ARTICLE and bits & _BODY else bits
