"""What fills a template: names, numbers, dates, amounts. Every draw comes from the generator passed in."""

FIRST = {
    "en": "James Emma Oliver Sarah Thomas Lucy William Grace Henry Alice George Chloe Daniel Hannah Peter Fiona Michael Olivia Andrew Claire Robert Megan Simon Rachel Patrick Helen Mark Joanna Priya Kwame Aisha Omar",
    "fr": "Camille Julien Élodie Mathieu Chloé François Amélie Nicolas Sophie Thierry Hélène Antoine Léa Rémi Margaux Benoît Céline Guillaume Inès Jérôme Nathalie Olivier Pauline Sébastien Zoé Yann Fatima Mehdi Anaïs Gaël Véronique Théo",
    "sv": "Anna Erik Karin Lars Åsa Björn Märta Göran Elin Johan Sofia Per Malin Håkan Ingrid Oskar Lena Mats Frida Nils Kerstin Anders Ebba Gustav Linnéa Magnus Ulrika Stefan Amina Yusuf Örjan Moa",
}
LAST = {
    "en": "Smith Walker Hughes Patel Bennett Clarke Foster O'Brien Murray Wright Cooper Reid Morgan Lawson Hayes Barnes Okafor Turner Fletcher Grant Whitfield Harper Dawson Price Sutton Khan Marsh Ellis",
    "fr": "Martin Dubois Lefèvre Moreau Girard Bonnet Rousseau Fontaine Mercier Blanchard Guérin Legrand Garnier Faure Chevalier Perrin Marchand Benali Barbier Leclerc Carpentier Dupuis Renaud Gauthier Pelletier Delacroix Bernard Nguyen",
    "sv": "Andersson Lindqvist Bergström Nyström Sjögren Håkansson Lundgren Ekman Öberg Söderberg Wallin Forsberg Åkesson Hedlund Sandberg Holm Björklund Norberg Dahl Strömberg Engström Eklund Lind Berglund Nordin Hussein Löfgren Fransson",
}
UNSEEN_FIRST = {
    "en": "Harriet Edmund Beatrice Callum Imogen Rupert Naomi Felix",
    "fr": "Solène Bastien Clémence Loïc Maëlle Fabrice Noémie Hugo",
    "sv": "Tuva Rasmus Gunilla Viktor Ylva Torbjörn Siri Hampus",
}
UNSEEN_LAST = {
    "en": "Thornton Ashworth Blackwood Mbeki Pemberton Stanhope Rowntree Quigley",
    "fr": "Vasseur Lemoine Castaing Duhamel Bourdon Haddad Morvan Tessier",
    "sv": "Rosenqvist Hellström Wikander Brännström Sahlin Ljungberg Malmgren Tegnér",
}
CITY = {
    "en": "London Leeds Bristol Cork Dublin Glasgow Cardiff York Galway Oxford Malmö Paris Lyon",
    "fr": "Lyon Nantes Lille Rennes Strasbourg Toulouse Dijon Grenoble Angers Évry Orsay Massy Bordeaux",
    "sv": "Borlänge Falun Gävle Umeå Örebro Västerås Lund Kalmar Luleå Mora Uppsala Göteborg Åre",
}
COMPANY_START = "Nova Alpha Berg Atelier Granit Lumen Delta Nord Sol Polar Maison Cedar Eko Prima Bleu Hav Tele Omni Verde Linden Kraft Aero Sten Vita".split()
COMPANY_END = {
    "en": ["Ltd", "Services", "& Sons", "Supplies", "Group", "Consulting", "Partners", "Office"],
    "fr": ["SARL", "SAS", "Services", "& Fils", "Conseil", "Bâtiment", "Distribution", "Énergie"],
    "sv": ["AB", "Bygg AB", "Service", "Konsult", "& Söner", "Handel", "Kontor AB", "Energi"],
}
TRADE = {
    "en": "Bakery|Garage|Print Shop|School|Town Council|Dental Practice|Hotel|Bookshop|Electric|Insurance|Accounts Team|Customer Service|Logistics".split("|"),
    "fr": "Boulangerie|Garage|Imprimerie|École|Mairie|Cabinet|Hôtel|Librairie|Électricité|Assurances|Comptabilité|Service clients|Transports".split("|"),
    "sv": "Bageriet|Bilverkstaden|Tryckeriet|Skolan|Kommunen|Tandläkarna|Hotellet|Bokhandeln|Elektriska|Försäkringar|Ekonomiavdelningen|Kundtjänst|Åkeriet".split("|"),
}
SYLLABLES = {
    "en": "al ber cra den el fin gar hol is jen ken lor mar nor ox pen quin ros sta ter un vin wel wick ham ton ley ford by well son worth ridge".split(),
    "fr": "al beau char de é fleu gué hui i jou lan mon nel ou pré quin ran sau tré vi zé lle rand mont val tier rier gnon ssac nac ière".split(),
    "sv": "al berg dal ek fors gran hag is järn kvist lund mal nor ö päl rös sjö ström träd ull vik åk äng stad mark lid torp holm qvist man".split(),
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday",
    "fr": "lundi mardi mercredi jeudi vendredi",
    "sv": "måndag tisdag onsdag torsdag fredag",
}
PREFIXES = "F- FA- INV- CMD- ORD- REF- KN- A K- N SE- FR- DEV- OFF- PO- C- R- 2025- 2026- 2026/ 25- 26/ # FV F INV ORD".split()


def word(r, language):
    """An invented word: teaches that an unknown word is no reason to see a mail."""
    return "".join(r.choice(SYLLABLES[language]) for _ in range(r.randint(2, 3)))


def capital(text):
    return text[:1].upper() + text[1:]


def first_name(r, language, unseen):
    if unseen:
        return r.choice(UNSEEN_FIRST[language].split())
    return r.choice(FIRST[language].split()) if r.random() < 0.6 else capital(word(r, r.choice("en fr sv".split())))


def last_name(r, language, unseen):
    if unseen:
        return r.choice(UNSEEN_LAST[language].split())
    if r.random() < 0.45:
        return r.choice(LAST[language].split())
    return capital(word(r, language)) if r.random() < 0.9 else capital(word(r, language)) + "-" + capital(word(r, language))


def person(r, language, unseen=False):
    origin = language if r.random() < 0.75 else r.choice(["en", "fr", "sv"])
    return first_name(r, origin, unseen), last_name(r, origin, unseen)


def company(r, language):
    start = r.choice(COMPANY_START) if r.random() < 0.5 else capital(word(r, language))
    kind = r.random()
    if kind < 0.5:
        return f"{start} {r.choice(COMPANY_END[language])}"
    trade = r.choice(TRADE[language])
    if kind < 0.75:
        return f"{trade} {start}" if language == "fr" else f"{start} {trade}" if language == "en" else r.choice([f"{start}s {trade.lower()}", f"{trade} {start}"])
    town = r.choice(CITY[language].split())
    return {"en": f"{town} {trade}", "fr": f"{trade} de {town}", "sv": f"{trade} i {town}" + r.choice(["", " AB"])}[language]


def phone(r, language):
    digits = lambda count: "".join(str(r.randint(0, 9)) for _ in range(count))
    return {
        "en": lambda: f"+44 20 {digits(4)} {digits(4)}",
        "fr": lambda: f"0{r.randint(1, 9)} {digits(2)} {digits(2)} {digits(2)} {digits(2)}",
        "sv": lambda: f"0{r.randint(10, 99)}-{digits(3)} {digits(2)} {digits(2)}",
    }[language]()


def reference(r):
    start = r.choice(PREFIXES) if r.random() < 0.6 else r.choice(["", "", "".join(r.choice("ABCDEFGHJKLMNPRSTUVX") for _ in range(r.randint(1, 4))) + r.choice(["", "-"])])
    tail = "".join(str(r.randint(0, 9)) for _ in range(r.randint(3, 6)))
    return start + tail + (f"-{r.randint(1, 99)}" if r.random() < 0.1 else "")


def amount(r, language):
    euros = int(10 ** r.uniform(1.3, 4.6))
    cents = r.choice(["", "", f"{r.randint(0, 99):02d}"])
    if language == "en":
        figure = f"{euros:,}" + (f".{cents}" if cents else "")
        return r.choice([f"€{figure}", f"EUR {figure}", f"{figure} euros", f"£{figure}", f"SEK {figure}", f"€ {figure}"])
    gap = r.choice([" ", "\u00a0", "\u202f", ""]) if language == "fr" else r.choice([" ", " ", "\u00a0", ""])
    figure = f"{euros:,}".replace(",", gap) + (f",{cents}" if cents else "")
    if language == "fr":
        return figure + r.choice([" ", "\u00a0", "\u202f"]) + r.choice(["€", "€", "€", "euros", "EUR"])
    return r.choice([f"{figure} kr", f"{figure} kr", f"{figure} kronor", f"{figure} SEK", f"{figure} euro", f"{figure}\u00a0kr", f"{euros}:-"])


def date(r, language):
    """-> (as it stands in the sentence, as it is copied): Swedish "på torsdag" is copied without its preposition."""
    day, number, year = r.randint(1, 28), r.randint(1, 12), r.choice([2025, 2026, 2026, 2027])
    month, weekday = MONTHS[language].split()[number - 1], r.choice(WEEKDAYS[language].split())
    iso, slashes = f"{year}-{number:02d}-{day:02d}", f"{day:02d}/{number:02d}/{year}"
    kind = r.random()
    if language == "en":
        forms = [f"{day} {month} {year}", f"{day} {month}", f"{month} {day}", f"{weekday} {day} {month}", f"{weekday}, {month} {day}", f"{month} {day}, {year}", iso, slashes, weekday]
        loose = [f"next {weekday}", "tomorrow", f"{weekday} next week"]
    elif language == "fr":
        written = "1er" if day == 1 else str(day)
        forms = [f"{written} {month} {year}", f"{written} {month}", f"{weekday} {written} {month}", f"{weekday} {written} {month} {year}", slashes, f"{day:02d}/{number:02d}"]
        loose = [f"{weekday} prochain", "demain", weekday]
    else:
        forms = [f"{day} {month} {year}", f"{day} {month}", f"{weekday} {day} {month}", f"den {day} {month}", f"{weekday} den {day} {month}", iso, f"{day}/{number}"]
        loose = ["i morgon", f"nästa {weekday}", f"på {weekday}"]
    value = r.choice(forms) if kind < 0.85 else r.choice(loose)
    return value, value.removeprefix("på ").removeprefix("den ")


def time_of_day(r, language):
    hour, minute = r.randint(8, 17), r.choice(["00", "15", "30"])
    return {"en": r.choice([f"{hour}:{minute}", f"{(hour - 1) % 12 + 1} {'am' if hour < 12 else 'pm'}"]),
            "fr": f"{hour} h" + (f" {minute}" if minute != "00" else ""),
            "sv": f"{hour}.{minute}"}[language]
