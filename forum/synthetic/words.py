"""What synthetic texts are made of: templates with {slots}, and what fills them, commonest first."""

TITLES = [
    "{contact_cap} from {client} after {event}: answer or leave it?",
    "{client_cap} wants {wish} and I said I would think about it",
    "How do you word a no to {client} who wants {wish}?",
    "I met {client} at {place}, and now {event} comes up each week",
    "{body_cap} says one thing about {topic}, my employer another",
    "{topic_cap} in {place}: where would you draw the line?",
    "Did I wait too long to speak about {topic} with {client}?",
    "{client_cap} offered me {gift}: accept, decline, or talk about it first?",
    "A colleague of mine and {topic}: what do I owe to whom?",
    "Documenting {topic} when {client} may read the record",
]

OPENINGS = [
    "I have worked with {client} for {span}, and until {event} nothing about it was unusual.",
    "This is about {topic}, and I have been turning it over since {event}.",
    "I practise in {place}, where everybody knows everybody, and I need a second pair of eyes on {topic}.",
    "We ended {span} ago. The ending was planned, we had talked about {topic}, and I thought that was that.",
    "My supervisor is on leave until {event}, so I am asking here about {topic}.",
]

STORY = [
    "Last week {client} brought {gift} and asked for {wish}.",
    "At {place} I noticed that {client} had been waiting for me, which had not happened before {event}.",
    "I said that I would think about it, mostly because I felt {feeling} and did not trust my first answer.",
    "When I mentioned {topic}, the room went quiet and I heard {feeling} in both our voices.",
    "The record of the last {span} mentions {topic} twice, each time in connection with {event}.",
    "Nobody at {place} has a written policy about {topic}, and {body} only speaks of it in general terms.",
    "My consultation group was split: two thought of {risk}, one found me overcautious after {event}.",
    "I looked it up in {code}, which asks me to weigh {risk} against what the work has meant for {client}.",
    "There was {contact} on a Sunday evening, friendly in tone, about {wish}.",
    "Part of me believes that {wish} would do no harm at all, and part of me remembers {event}.",
    "What complicates it is that {client} is related to somebody I see at {place} every week.",
    "I keep asking myself whose need is met if I agree to {wish}.",
    "For {span} we had used the {tool}, and its scores went up after {event}.",
    "I am {feeling} about it, and I would rather say that here than pretend to be neutral.",
    "The {tool} that we use at {place} has no field for {topic}, so nothing of this is written down so far.",
    "In {town} there are {number} clinicians within an hour's drive, and {client} knows most of them.",
]

ASKING = [
    "Has anybody declined {wish} without the other person hearing a rejection?",
    "Would you speak with {body} first, or with {client}?",
    "What would you write in the record about {topic}, and what would you leave out?",
    "Is there a length of time after which {wish} stops being {risk}?",
    "How did you explain {topic} to {client} in plain words?",
]

ADVICE = [
    "I would slow this down: nothing about {wish} has to be settled before {event}.",
    "In my reading, {code} leaves room here, but it expects you to show how you weighed {risk}.",
    "Say the warm half of the sentence first, then the no, and do not explain the no at length.",
    "Ask what {wish} means to {client} before you decide what it means to you.",
    "The law where you practise may be stricter than {code}; {body} answers such questions by telephone.",
    "Write down today what you considered about {topic}, what you decided, and whom you consulted.",
    "A colleague in {town} had the same with {gift}, and what went wrong was {risk}, not the thing itself.",
    "If you notice that you are {feeling} before each session, that is material for your own consultation.",
    "With {contact}, it matters who began, and whether either of you would mind if {body} read it.",
    "The power in the room does not end on the day when the work ends, least of all after {span}.",
    "I have used the {tool} for such decisions; it is clumsy, but it makes {risk} visible.",
    "At {place} we agreed on one sentence about {topic} that everybody says in the first session.",
    "Were this my case, I would name {topic} openly, thank {client} for the trust, and keep the frame.",
    "Think of the next person who asks for {wish}: what you do now becomes what you do.",
    "None of this makes you a bad clinician; being {feeling} after {event} is what I would expect.",
    "I see {risk} here, more than I see malice, and I would treat it as such.",
    "Small places like {town} do not make it forbidden, they make it necessary to talk about it early.",
    "You could offer {client} a session to look at {topic} together, with a clear beginning and a clear end.",
]

FACTS = [
    "To answer the question above: {contact} is all there was, and it came from {client}, not from me.",
    "I should have said that we work at {place}, and that {body} knows about {event}.",
    "It has been {span} since the last session, and there was no {gift} involved.",
    "Yes, {topic} is mentioned in the agreement that {client} signed.",
    "The {tool} was filled in before {event}, not afterwards.",
]

HOW_IT_WENT = [
    "I promised to come back: I spoke with {client} about {topic}, and it was shorter than I had feared.",
    "After {event} I declined {wish}, and we are still in touch about an appointment in the {season}.",
    "I asked {body}, who told me to document {topic} and to carry on.",
    "It did not go well: {client} heard a rejection, and I was {feeling} for {span}.",
    "My employer has since written a short policy about {topic}, which came out of {event}.",
]

LISTS = [
    "- whose need it meets\n- what the record says\n- what you would say to a colleague",
    "1. Thank them.\n2. Say no once.\n3. Say what remains possible.",
    "> The question is not whether it is allowed but whom it serves.",
    "**First** speak with your consultation group, *then* with the client.",
    "Two things, in this order:\n\n- the safety of everybody in the house\n- the record",
]

SLOTS = {
    "client": """a former client|a client|a couple I see|the mother of a client|a young client|
        a returning client|a supervisee|the partner of a client|an older client|a group member|a colleague|
        a family I visit|
        a client in recovery|the brother of a client|a client on parole|a student I assess|an interpreter
        """,
    "topic": """confidentiality|dual relationships|gifts|self-disclosure|termination|social media|records|
        supervision|touch|fees|telehealth across borders|contact between sessions|mandated reporting|
        duty to protect|small communities|bartering|secrets in couple work|online reviews|own grief|
        letters for court|competence|faith and values|recovery meetings|a practice closing|recording sessions
        """,
    "event": """the last session|the holidays|a hospital stay|the move|a funeral|her wedding|the complaint|
        a missed payment|the court hearing|the school report|the flood|my surgery|the new baby|a relapse|
        the audit|his graduation|the merger of our clinics|an anonymous review|the custody evaluation
        """,
    "wish": """a coffee now and then|a reference|my telephone number|to stay in touch|a reduced fee|dinner|
        a letter for the landlord|to join my choir|extra sessions|a photograph|to read the notes|
        an answer on a weekend|to pay in firewood|a friend request accepted|help with the garden
        """,
    "gift": """a card|home-made jam|a book|concert tickets|a scarf|flowers|a gift voucher|a drawing|
        a bottle of wine|a carved spoon|a watch|eggs|a framed poem|a weekend in a cabin|stock in a company
        """,
    "place": """the clinic|a private practice|the only gym in town|the parish hall|a school|the co-op|
        the community centre|a hospice|the allotments|a recovery meeting|the swimming pool|a ferry|the prison|
        the reserve|a veterans' home|the climbing wall|the farmers' market
        """,
    "contact": """a message|an email|a letter|a friend request|a phone call|a voice note|a postcard|
        a visit|a text late at night|a connection request|a comment on my page
        """,
    "body": """my professional body|the licensing board|our ethics committee|my insurer|the clinic's lawyer|
        my supervisor|the registrar|the agency director|the health authority|the data protection officer
        """,
    "code": """the code of my association|the national code|the older edition of the code|the new edition|
        our agency's handbook|the guidance on records|the standard for telehealth|the practice framework
        """,
    "risk": """a dual role|a loss of trust|harm that shows late|an unequal position|gossip in town|
        a complaint|abandonment|a blurred frame|dependence|a breach of privacy|retaliation|exploitation
        """,
    "feeling": """uneasy|flattered|torn|tired|relieved|ashamed|protective|angry|lonely|curious|hurried|numb
        """,
    "span": "fourteen months|two years|a year|three sessions|ten weeks|six years|a decade|a season",
    "season": "spring|autumn|winter|summer",
    "number": "three|two|five|four|a dozen",
}

# Towns and questionnaires that exist nowhere: the long tail of words that are in a few texts only.
TOWN_STARTS = """
    Ald|Bar|Bren|Cald|Dun|Ells|Farn|Gar|Hal|Ing|Kel|Lang|Mar|Nor|Ock|Pen|Quen|Rad|Sel|Tarn|Ull|Ven|Wex|Yar|Zen
    """
TOWN_ENDS = """
    beck|bourne|bridge|by|combe|croft|dale|den|field|ford|gate|ham|hurst|leigh|mere|mouth|ness|ridge|stow|ton|
    thwaite|vale|wick|worth|yard
    """
TOOL_KINDS = "scale|checklist|inventory|worksheet|interview|grid"
