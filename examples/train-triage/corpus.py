"""Generated chats: office mails with their triage, greetings, and questions that are none of its business.

Templates live in mails/*.txt and chat/*.txt; a line that starts with "+" is for training, one with "-" is held out.
"""
import json
import random
import re
from pathlib import Path

import slots

HERE = Path(__file__).parent
LANGUAGES = ["en", "fr", "sv"]
INTENTS = ["invoice_received", "payment_reminder", "order_or_quote", "complaint", "appointment",
           "delivery_question", "job_application", "data_request", "newsletter_or_spam", "other"]
SYSTEM = "You triage the office mail of a small firm."
HEADERS = {"en": ("From", "Subject", "To", "Date"), "fr": ("De", "Objet", "À", "Date"), "sv": ("Från", "Ämne", "Till", "Datum")}
URGENT_SUBJECT = {"en": ["URGENT: ", "Urgent - "], "fr": ["URGENT : ", "Urgent - "], "sv": ["BRÅDSKANDE: ", "Viktigt! "]}
VERDICT = {
    "en": dict(zip(INTENTS, [
        "An invoice to book and pay.", "A reminder of an unpaid invoice.", "An order or a request for a quote.",
        "A complaint that needs an answer.", "A meeting to arrange or change.", "A question about a delivery.",
        "A job application.", "A request about personal data (GDPR).", "Advertising or spam.", "A message that needs no particular step."])),
    "fr": dict(zip(INTENTS, [
        "Une facture à enregistrer et à payer.", "Une relance pour une facture impayée.", "Une commande ou une demande de devis.",
        "Une réclamation à traiter.", "Un rendez-vous à fixer ou à changer.", "Une question sur une livraison.",
        "Une candidature.", "Une demande sur des données personnelles (RGPD).", "De la publicité ou du spam.", "Un message sans démarche particulière."])),
    "sv": dict(zip(INTENTS, [
        "En faktura att bokföra och betala.", "En påminnelse om en obetald faktura.", "En beställning eller en offertförfrågan.",
        "En reklamation som ska besvaras.", "Ett möte att boka eller ändra.", "En fråga om en leverans.",
        "En jobbansökan.", "En begäran om personuppgifter (GDPR).", "Reklam eller skräppost.", "Ett meddelande utan särskild åtgärd."])),
}
HELP = {
    "en": "I triage office mail: paste one in French, English or Swedish and I answer with its intent, urgency and details as a tool call.",
    "fr": "Je trie le courrier d'un bureau : collez un courriel en français, anglais ou suédois et je réponds par un appel d'outil avec son intention, son urgence et ses détails.",
    "sv": "Jag sorterar kontorsmejl: klistra in ett på franska, engelska eller svenska så svarar jag med avsikt, brådska och uppgifter som ett verktygsanrop.",
}


def out_of_scope(language, parameters):
    millions = f"{parameters / 1e6:.1f}"
    return {
        "en": f"I am a toy with {millions} million parameters and I only triage office mail. For anything else, connect a real model: kulning models add URL-or-GGUF",
        "fr": f"Je suis un jouet de {millions.replace('.', ',')} millions de paramètres et je ne fais que trier le courrier d'un bureau. Pour tout le reste, connectez un vrai modèle : kulning models add URL-or-GGUF",
        "sv": f"Jag är en leksak med {millions.replace('.', ',')} miljoner parametrar och sorterar bara kontorsmejl. För allt annat, anslut en riktig modell: kulning models add URL-or-GGUF",
    }[language]


def read_templates(path):
    """-> {section: {"+": [...], "-": [...]}}"""
    sections, lines = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            lines = sections.setdefault(line[3:], {"+": [], "-": []})
        else:
            lines[line[0]].append(line[2:].replace("\\n", "\n"))
    return sections


MAILS = {language: read_templates(HERE / f"mails/{language}.txt") for language in LANGUAGES}
CHAT = {language: read_templates(HERE / f"chat/{language}.txt") for language in LANGUAGES}
ALTERNATIVES, SLOT = re.compile(r"\[([^\[\]]*)\]"), re.compile(r"\{(\w+)\}")
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÅÄÖÉÀÊÇ{])")


def elide(text):
    """French contractions that a slot makes necessary: "de le" -> "du", "de des" -> "de", "le lundi prochain" -> "lundi prochain"."""
    text = re.sub(r"\bde (?:des|du|de la|de l') ?", "de ", text)
    text = re.sub(r"\bde (un|une)\b", r"d'\1", text)
    text = text.replace(" de le ", " du ").replace(" de les ", " des ").replace(" à le ", " au ").replace(" à les ", " aux ")
    return re.sub(r"\b(?:le|du) (demain|\w+di prochain)", lambda m: m[1] if m[0].startswith("le") else "de " + m[1], text)


class Writer:
    """Writes one chat from a generator; `held` takes the templates that training never sees."""

    def __init__(self, r, language, held=False, names=True, fields=True):
        self.r, self.language, self.held, self.names, self.fields = r, language, held, names, fields
        self.words, self.chat = MAILS[language], CHAT[language]
        self.unseen = held and r.random() < 0.5
        self.first, self.last = slots.person(r, language, self.unseen)
        self.company = slots.company(r, language)
        self.sender = self.company if r.random() < 0.12 else f"{self.first} {self.last}"
        self.values = {"ref": slots.reference(r), "amount": slots.amount(r, language)}
        self.date = slots.date(r, language)
        self.used = {}

    def pick(self, section, from_chat=False):
        lines = (self.chat if from_chat else self.words)[section]
        if not self.held:
            return self.r.choice(lines["+"])
        return self.r.choice(lines["-"] or lines["+"])

    def either(self, section):
        """Shared phrases (greetings, asides): a held-out mail draws from all of them."""
        lines = self.words[section]
        return self.r.choice(lines["+"] + (lines["-"] if self.held else []))

    def value(self, slot):
        r, language = self.r, self.language
        if slot in ("item", "job", "goods"):
            lines = self.words[slot]
            return r.choice(lines["+"] + (lines["-"] * 3 if self.held else [])) if r.random() < 0.93 or slot == "job" else slots.word(r, language)
        if slot in ("thing", "food", "country"):
            return self.fill(r.choice(self.chat[slot]["+"]))
        if not self.names:
            return ""
        if slot in ("ref", "amount"):
            self.used[slot] = self.values[slot]
            return self.values[slot]
        if slot == "date":
            self.used["date"] = self.date[1]
            return self.date[0]
        if slot == "person":
            return " ".join(slots.person(r, language)) if r.random() < 0.6 else slots.first_name(r, language, False)
        if slot == "name":
            return " ".join(slots.capital(slots.word(r, language)) for _ in range(r.randint(1, 2)))
        return {
            "sender": lambda: f"{self.first} {self.last}", "company": lambda: self.company,
            "first": lambda: slots.first_name(r, language, False), "last": lambda: slots.last_name(r, language, False),
            "city": lambda: r.choice(slots.CITY[language].split()) if r.random() < 0.8 else slots.capital(slots.word(r, language)),
            "phone": lambda: slots.phone(r, language), "time": lambda: slots.time_of_day(r, language),
            "n": lambda: str(r.choice([2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40])),
            "year": lambda: str(r.randint(1200, 2020)), "word": lambda: slots.word(r, language),
        }[slot]()

    def fill(self, template):
        text = template
        while ALTERNATIVES.search(text):
            text = ALTERNATIVES.sub(lambda m: self.r.choice(m[1].split("|")), text)
        text = SLOT.sub(lambda m: slots.capital(self.value(m[1].lower())) if m[1][0].isupper() else self.value(m[1]), text)
        if self.language == "fr":
            text = elide(text)
        if self.language == "en":
            text = re.sub(r"\b[Oo]n (tomorrow|next )", r"\1", text)
        return text

    def noisy(self, template):
        """Some words are lost, doubled by invention or mistyped, so that no single word decides; slots stay intact."""
        r = self.r
        if self.held or r.random() > 0.35:
            return template
        words = template.split(" ")
        for i, w in enumerate(words):
            if not re.fullmatch(r"[^\W\d_]{3,}[.,]?", w) or r.random() > 0.12:
                continue
            kind = r.random()
            if kind < 0.45:
                words[i] = slots.word(r, self.language)
            elif kind < 0.65:
                words[i] = ""
            else:
                k = r.randrange(len(w) - 1)
                words[i] = w[:k] + w[k + 1] + w[k] + w[k + 2:] if kind < 0.85 else w[:k] + w[k + 1:]
        return " ".join(w for w in words if w)

    def core(self, intent):
        """The sentences that carry the intent, sometimes with one from a sibling template."""
        template = self.pick(intent)
        self.final = template.startswith("!")
        sentences = [self.noisy(template.lstrip("!"))]
        if not self.held and self.r.random() < 0.25:
            loose = [s for s in SENTENCE.split(self.pick(intent).lstrip("!")) if not re.search(r"\{(ref|amount|date)\}", s)]
            if loose:
                sentences.insert(self.r.randint(0, 1), self.noisy(self.r.choice(loose)))
        return [self.fill(sentence) for sentence in sentences]

    def mail(self, intent):
        r = self.r
        chance = lambda p: r.random() < p
        phrase = lambda section: self.fill(self.noisy(self.either(section)))
        subject = self.fill(self.pick(f"subject {intent}"))
        subject_used, self.used = self.used, {}
        body = [phrase("opener")] if chance(0.35) else []
        body += [phrase("aside")] if chance(0.2) else []
        body += self.core(intent)
        urgency = "low" if intent in ("newsletter_or_spam", "other") else "high" if self.final else "normal"
        if urgency == "normal" and chance(0.28):
            urgency = "high" if chance(0.7) else "low"
            body.insert(r.randint(0, len(body)), phrase("urgent" if urgency == "high" else "relaxed"))
            if urgency == "high" and chance(0.25):
                subject = r.choice(URGENT_SUBJECT[self.language]) + subject
        for _ in range(r.choice([0, 0, 0, 1, 1, 2]) if chance(0.97) else r.randint(8, 34)):
            body.insert(r.randint(0, len(body)), phrase("aside"))
        body += [phrase("closer")] if chance(0.45) else []
        text = body[0]
        for sentence in body[1:]:
            text += r.choice([" ", " ", " ", "\n", "\n\n"]) + sentence
        bare = not self.held and chance(0.05)
        header, from_line = ("", False) if bare else self.header(subject)
        if chance(0.9) and not bare:
            text = phrase("greeting") + r.choice(["\n\n", "\n\n", "\n", " "]) + text
        text, named = (text, False) if bare else self.sign(text, from_line)
        self.used = {**(subject_used if header else {}), **self.used}
        fields = {"sender": self.sender if named else None, "reference": self.used.get("ref"),
                  "amount": self.used.get("amount"), "date": self.used.get("date")}
        arguments = {"intent": intent, "language": self.language, "urgency": urgency,
                     **{key: value for key, value in fields.items() if value}}
        text = header + text
        if chance(0.15):
            text = self.fill(self.either("prefix")) + r.choice(["\n\n", "\n"]) + text
        shown = arguments if self.fields else {key: arguments[key] for key in ("intent", "language", "urgency")}
        call = json.dumps({"name": "triage_mail", "arguments": shown}, ensure_ascii=False)
        return text, arguments, f"{VERDICT[self.language][intent]}\n<tool_call>\n{call}\n</tool_call>"

    def header(self, subject):
        """-> (the header lines, whether they name the sender)"""
        r = self.r
        kind = r.random()
        if kind < 0.35 or not self.names:
            return "", False
        labels = HEADERS[self.language if r.random() < 0.7 else "en"]
        colon = " : " if labels is HEADERS["fr"] and r.random() < 0.5 else ": "
        host = slots.word(r, self.language).encode("ascii", "ignore").decode() + r.choice([".com", ".fr", ".se", ".example", ".eu"])
        local = r.choice(["info", "contact", self.first.lower(), f"{self.first}.{self.last}".lower()]).encode("ascii", "ignore").decode()
        address = f" <{local}@{host}>" if r.random() < 0.7 else ""
        if kind < 0.42:
            return f"{labels[1]}{colon}{subject}\n\n", False
        lines = [f"{labels[0]}{colon}{self.sender}{address}", f"{labels[1]}{colon}{subject}"]
        if r.random() < 0.2:
            lines.insert(1, f"{labels[2]}{colon}{r.choice(['info', 'office', 'kontor', 'contact'])}@{slots.word(r, 'en')}.example")
        return "\n".join(lines) + r.choice(["\n\n", "\n\n", "\n"]), True

    def sign(self, text, from_line):
        """-> (the text with its signature, whether the mail names its sender)"""
        r = self.r
        if not self.names or r.random() < 0.08:
            return text, from_line
        lines = [self.fill(self.either("farewell"))] if r.random() < 0.9 else []
        if from_line and r.random() < 0.3:
            lines.append(self.first)
        else:
            lines.append(self.sender)
            if self.sender != self.company and r.random() < 0.35:
                lines.append(self.company)
            elif self.sender != self.company and r.random() < 0.2:
                lines.append(slots.capital(self.value("job")))
        if r.random() < 0.25:
            lines.append(slots.phone(r, self.language))
        return text + r.choice(["\n\n", "\n\n", "\n"]) + "\n".join(lines), True

    def question(self):
        """Something that is no mail, in one to four sentences."""
        count = self.r.choice([1] * 7 + [2, 2, 3, 4])
        text = " ".join(self.fill(self.pick("question", from_chat=True)) for _ in range(count))
        if self.r.random() < 0.12:
            text = f"{self.fill(self.either('greeting'))} {text}"
        return text.lower() if self.r.random() < 0.15 else text.rstrip(" ?.!") if self.r.random() < 0.12 else text


def system_prompt(r, language):
    """Mostly ours or none; sometimes any other, so that a foreign one does not throw the model off."""
    kind = r.random()
    if kind < 0.45:
        return [("system", SYSTEM)]
    if kind < 0.85:
        return []
    words = " ".join(slots.word(r, language) for _ in range(r.randint(0, 8)))
    start = r.choice(["You are a helpful assistant.", "Tu es un assistant.", "Du är en hjälpsam assistent.", "Answer briefly.", "You are Kulning.", "Today is Monday."])
    return [("system", f"{start} {words}".strip())]


def chat(r, parameters, names=True, fields=True):
    """-> [(role, text)] for training"""
    language = r.choice(LANGUAGES)
    writer = Writer(r, language, names=names, fields=fields)
    messages, kind = system_prompt(r, language), r.random()
    if kind < 0.04:
        greets = r.random() < 0.5
        return messages + [("user", writer.fill(writer.pick("hello" if greets else "help", from_chat=True))), ("assistant", HELP[language])]
    if kind < 0.24:
        return messages + [("user", writer.question()), ("assistant", out_of_scope(language, parameters))]
    text, _, answer = writer.mail(r.choice(INTENTS))
    return messages + [("user", text), ("assistant", answer)]


def drill(r):
    """Names and numbers to repeat: early on it teaches copying far faster than mails do, where few tokens are copied."""
    language = r.choice(LANGUAGES)
    kinds = [lambda: " ".join(slots.person(r, language)), lambda: slots.reference(r), lambda: slots.amount(r, language),
             lambda: slots.date(r, language)[1], lambda: slots.company(r, language), lambda: slots.word(r, language)]
    items = [r.choice(kinds)() for _ in range(r.randint(2, 9))]
    apart = r.choice([", ", "\n", " ", " <", "; "])
    return [("system", "Copy."), ("user", apart.join(items)), ("assistant", json.dumps(items, ensure_ascii=False))]


def render(messages):
    return "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in messages)


def held_out(seed, count_per_cell):
    """Mails written from templates that training never saw, the same number for each language and intent."""
    for language in LANGUAGES:
        for intent in INTENTS:
            for index in range(count_per_cell):
                writer = Writer(random.Random(f"held out/{seed}/{language}/{intent}/{index}"), language, held=True)
                text, arguments, _ = writer.mail(intent)
                yield {"mail": text, "expect": arguments, "unseenName": writer.unseen and writer.sender != writer.company}


if __name__ == "__main__":
    for case in held_out(1, 10):
        print(json.dumps(case, ensure_ascii=False))
