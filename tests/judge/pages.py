"""Pages written for the tests: texts of many kinds and languages, and what sites set around them."""

from __future__ import annotations

TEXTS = {
    "en": [
        "The town of Millbrook opened its new footbridge on Saturday, eleven months after the old one was washed away by the spring flood.",
        "About four hundred people came to watch the mayor cut the ribbon. A brass band played, and the school handed out lemonade.",
        "“We have waited long for this day,” said Ann Porter, who runs the bakery on the north bank. “My customers had to walk two miles.”",
        "The bridge cost 1.2 million dollars, a third of which was raised by the residents themselves. The rest came from the county.",
        "Engineers say it will stand for at least eighty years. It rests on steel piles driven twelve metres into the river bed.",
        "Next spring, the council plans to plant willows along both banks and to light the path at night.",
    ],
    "de": [
        "Die Stadt Mühlbach hat am Samstag ihre neue Fußgängerbrücke eröffnet, elf Monate nachdem das Hochwasser die alte fortgerissen hatte.",
        "Rund vierhundert Menschen sahen zu, wie die Bürgermeisterin das Band durchschnitt. Eine Kapelle spielte, und die Schule verteilte Limonade.",
        "„Wir haben lange auf diesen Tag gewartet“, sagte Anna Pfeiffer, die am Nordufer eine Bäckerei führt. „Meine Kunden mussten drei Kilometer laufen.“",
        "Die Brücke kostete 1,2 Millionen Euro, ein Drittel davon sammelten die Einwohner selbst. Den Rest gab der Landkreis.",
        "Nach Angaben der Ingenieure wird sie mindestens achtzig Jahre halten. Sie ruht auf Stahlpfählen, die zwölf Meter tief im Flussbett stecken.",
    ],
    "fr": [
        "La ville de Moulinet a ouvert samedi sa nouvelle passerelle, onze mois après que la crue de printemps eut emporté l'ancienne.",
        "Près de quatre cents personnes sont venues voir la maire couper le ruban. Une fanfare jouait, et l'école offrait de la limonade.",
        "« Nous avons longtemps attendu ce jour », a dit Anne Perrin, qui tient la boulangerie de la rive nord. « Mes clients devaient faire trois kilomètres à pied. »",
        "Le pont a coûté 1,2 million d'euros, dont un tiers a été réuni par les habitants eux-mêmes. Le reste est venu du département.",
        "Selon les ingénieurs, il tiendra au moins quatre-vingts ans. Il repose sur des pieux d'acier enfoncés de douze mètres dans le lit de la rivière.",
    ],
    "es": [
        "La ciudad de Molinos abrió el sábado su nueva pasarela, once meses después de que la crecida de primavera se llevara la antigua.",
        "Unas cuatrocientas personas vieron a la alcaldesa cortar la cinta. Tocó una banda y la escuela repartió limonada.",
        "«Hemos esperado mucho este día», dijo Ana Prieto, dueña de la panadería de la orilla norte. «Mis clientes tenían que andar tres kilómetros».",
        "El puente costó 1,2 millones de euros, un tercio de los cuales reunieron los propios vecinos. El resto lo puso la provincia.",
        "Los ingenieros dicen que durará al menos ochenta años. Descansa sobre pilotes de acero hincados doce metros en el lecho del río.",
    ],
    "it": [
        "La città di Mulinello ha aperto sabato la sua nuova passerella, undici mesi dopo che la piena di primavera aveva travolto quella vecchia.",
        "Circa quattrocento persone hanno guardato la sindaca tagliare il nastro. Suonava una banda, e la scuola offriva limonata.",
        "«Abbiamo atteso a lungo questo giorno», ha detto Anna Poggi, che ha il forno sulla riva nord. «I miei clienti dovevano fare tre chilometri a piedi».",
        "Il ponte è costato 1,2 milioni di euro, un terzo dei quali raccolto dagli abitanti stessi. Il resto è arrivato dalla provincia.",
        "Secondo gli ingegneri durerà almeno ottant'anni. Poggia su pali d'acciaio piantati per dodici metri nel letto del fiume.",
    ],
    "pt": [
        "A cidade de Moinhos abriu no sábado a sua nova ponte pedonal, onze meses depois de a cheia da primavera ter levado a antiga.",
        "Cerca de quatrocentas pessoas viram a presidente da câmara cortar a fita. Tocou uma banda e a escola distribuiu limonada.",
        "“Esperámos muito por este dia”, disse Ana Pires, dona da padaria da margem norte. “Os meus clientes tinham de andar três quilómetros.”",
        "A ponte custou 1,2 milhões de euros, um terço dos quais reunido pelos próprios moradores. O resto veio do distrito.",
        "Os engenheiros dizem que durará pelo menos oitenta anos. Assenta em estacas de aço cravadas doze metros no leito do rio.",
    ],
    "nl": [
        "De stad Molenbeek heeft zaterdag haar nieuwe voetbrug geopend, elf maanden nadat het hoge water de oude had meegesleurd.",
        "Zo'n vierhonderd mensen zagen hoe de burgemeester het lint doorknipte. Een fanfare speelde, en de school deelde limonade uit.",
        "“We hebben lang op deze dag gewacht”, zei Anna Pieters, die op de noordoever een bakkerij heeft. “Mijn klanten moesten drie kilometer lopen.”",
        "De brug kostte 1,2 miljoen euro, waarvan de inwoners een derde zelf bijeenbrachten. De rest kwam van de provincie.",
        "Volgens de ingenieurs blijft ze minstens tachtig jaar staan. Ze rust op stalen palen die twaalf meter diep in de rivierbedding zitten.",
    ],
    "pl": [
        "Miasto Młynowo otworzyło w sobotę nową kładkę dla pieszych, jedenaście miesięcy po tym, jak wiosenna powódź zabrała starą.",
        "Około czterystu osób patrzyło, jak burmistrz przecina wstęgę. Grała orkiestra, a szkoła częstowała lemoniadą.",
        "„Długo czekaliśmy na ten dzień” – powiedziała Anna Pawlak, która prowadzi piekarnię na północnym brzegu. „Moi klienci musieli iść trzy kilometry”.",
        "Most kosztował 1,2 miliona złotych, z czego jedną trzecią zebrali sami mieszkańcy. Resztę dał powiat.",
        "Inżynierowie mówią, że postoi co najmniej osiemdziesiąt lat. Opiera się na stalowych palach wbitych dwanaście metrów w dno rzeki.",
    ],
    "el": [
        "Η πόλη του Μύλου άνοιξε το Σάββατο τη νέα της πεζογέφυρα, έντεκα μήνες αφότου η ανοιξιάτικη πλημμύρα παρέσυρε την παλιά.",
        "Περίπου τετρακόσιοι άνθρωποι είδαν τη δήμαρχο να κόβει την κορδέλα. Έπαιζε μια μπάντα και το σχολείο μοίραζε λεμονάδα.",
        "«Περιμέναμε πολύ αυτή τη μέρα», είπε η Άννα Παππά, που έχει τον φούρνο στη βόρεια όχθη. «Οι πελάτες μου έκαναν τρία χιλιόμετρα με τα πόδια».",
        "Η γέφυρα κόστισε 1,2 εκατομμύρια ευρώ, το ένα τρίτο από τα οποία συγκέντρωσαν οι ίδιοι οι κάτοικοι. Τα υπόλοιπα τα έδωσε η περιφέρεια.",
        "Οι μηχανικοί λένε ότι θα αντέξει τουλάχιστον ογδόντα χρόνια. Στηρίζεται σε χαλύβδινους πασσάλους, μπηγμένους δώδεκα μέτρα στην κοίτη.",
    ],
    "ru": [
        "В субботу в городе Мельничном открыли новый пешеходный мост, через одиннадцать месяцев после того, как весеннее половодье снесло старый.",
        "Около четырёхсот человек смотрели, как мэр перерезает ленту. Играл оркестр, а школа угощала всех лимонадом.",
        "«Мы долго ждали этого дня», — сказала Анна Петрова, хозяйка пекарни на северном берегу. «Моим покупателям приходилось идти три километра».",
        "Мост обошёлся в 1,2 миллиона рублей, треть из которых собрали сами жители. Остальное выделила область.",
        "По словам инженеров, он простоит не меньше восьмидесяти лет. Он стоит на стальных сваях, забитых на двенадцать метров в дно реки.",
    ],
    "zh": [
        "磨坊镇星期六为新的人行桥举行了通车仪式，距离旧桥被春季洪水冲走已有十一个月。",
        "约有四百人前来观看镇长剪彩。乐队演奏了乐曲，学校还为大家准备了柠檬水。",
        "“我们等这一天等了很久，”在北岸开面包店的安女士说，“我的顾客以前要多走三公里的路。”",
        "这座桥耗资一百二十万元，其中三分之一由居民自己筹集，其余部分由县里拨款。",
        "工程师表示，这座桥至少可以使用八十年。桥身由打入河床十二米深的钢桩支撑。",
    ],
    "ar": [
        "افتتحت بلدة الطاحونة يوم السبت جسرها الجديد للمشاة، بعد أحد عشر شهرا من أن جرف فيضان الربيع الجسر القديم.",
        "وحضر نحو أربعمئة شخص لمشاهدة رئيسة البلدية وهي تقص الشريط، وعزفت فرقة موسيقية، ووزعت المدرسة عصير الليمون.",
        "وقالت آنا بطرس، صاحبة المخبز على الضفة الشمالية: «انتظرنا هذا اليوم طويلا، وكان زبائني يمشون ثلاثة كيلومترات».",
        "وبلغت كلفة الجسر مليونا ومئتي ألف دينار، جمع السكان ثلثها بأنفسهم، وقدمت المحافظة ما تبقى.",
        "ويقول المهندسون إن الجسر سيصمد ثمانين عاما على الأقل، وهو يقوم على أعمدة من الفولاذ مغروسة اثني عشر مترا في قاع النهر.",
    ],
    "ja": [
        "水車町では土曜日、新しい歩道橋の開通式が行われた。春の洪水で古い橋が流されてから十一か月ぶりのことである。",
        "およそ四百人が集まり、町長がテープを切るのを見守った。楽団が演奏し、学校はレモネードを配った。",
        "「この日を長いこと待っていました」と、北岸でパン屋を営む安田さんは話す。「お客さんは三キロも歩かなければならなかったのです。」",
        "橋の建設費は一億二千万円で、その三分の一は住民が自ら集めた。残りは県が負担した。",
        "技術者によると、橋は少なくとも八十年はもつという。川底に十二メートル打ち込んだ鋼の杭に支えられている。",
    ],
    "poem": [
        "The river has no use for names,",
        "it takes the bridge, it takes the moon,",
        "and carries both, with equal claims,",
        "to where the willows end too soon.",
        "I asked the ferryman his trade;",
        "he said: to wait, and then to row.",
        "The far bank is where I was made,",
        "the near one is the one I know.",
    ],
    "interview": [
        "Ann Porter has baked bread on the north bank for thirty years. We met her on the morning after the new bridge was opened.",
        "Did you sleep at all?",
        "Not much. I was up at two, as always, but this time there were people at the door before the first loaves were out.",
        "What did the last year cost you?",
        "Half of my customers, at first. Some came back when my nephew began to row over with baskets every morning.",
        "And now?",
        "Now he wants to be paid for it.",
        "Will you ever leave?",
        "Where would I go? My mother is buried up the hill, and the oven is too heavy to move.",
    ],
    "list": [
        "The valley is small, but there is more to see than a day can hold. These are the places we go back to, in no particular order.",
        "1. The mill",
        "It has not turned since 1954, but the wheel is whole, and the owner will show you the gears if you bring cake.",
        "2. The upper meadow",
        "In June it is white with daisies. Walk up in the evening, when the sun stands low and the cows have gone down.",
        "3. The chapel of St Anne",
        "Somebody has painted a whale on the ceiling. Nobody in the village knows why, and everybody has a story about it.",
        "4. The ferry",
        "It runs from April to October, or whenever the ferryman feels like it, and it takes four people and a dog.",
    ],
    "note": [
        "The library will be closed on Friday because of the heating.",
        "Books that are due that day may be brought back on Monday.",
    ],
}
"""A text's lines, each a paragraph, by language or kind."""

CRUFT_ABOVE = {
    "en": ["Skip to content", "Home", "News", "Sport", "Weather", "Log in", "Subscribe", "Share on Facebook", "Share on Twitter"],
    "de": ["Zum Inhalt springen", "Startseite", "Nachrichten", "Sport", "Wetter", "Anmelden", "Abonnieren", "Auf Facebook teilen"],
    "fr": ["Aller au contenu", "Accueil", "Actualités", "Sports", "Météo", "Se connecter", "S'abonner", "Partager sur Facebook"],
    "es": ["Ir al contenido", "Inicio", "Noticias", "Deportes", "El tiempo", "Iniciar sesión", "Suscríbete", "Compartir en Facebook"],
    "ru": ["Перейти к содержанию", "Главная", "Новости", "Спорт", "Погода", "Войти", "Подписаться", "Поделиться"],
    "zh": ["首页", "新闻", "体育", "天气", "登录", "注册", "分享到微博"],
}  # fmt: skip

CRUFT_BELOW = {
    "en": ["Related stories", "Ten walks along the river", "Council to vote on budget", "Most read", "Sign up for our newsletter",
           "Comments (3)", "Leave a reply", "About us", "Contact", "Privacy policy", "© 2021 Millbrook Gazette. All rights reserved."],
    "de": ["Mehr zum Thema", "Zehn Wege am Fluss", "Meistgelesen", "Newsletter abonnieren", "Kommentare (3)", "Impressum", "Kontakt",
           "Datenschutz", "© 2021 Mühlbacher Bote. Alle Rechte vorbehalten."],
    "fr": ["À lire aussi", "Dix balades au bord de l'eau", "Les plus lus", "Inscrivez-vous à notre newsletter", "Commentaires (3)",
           "Mentions légales", "Contact", "© 2021 La Gazette de Moulinet. Tous droits réservés."],
    "es": ["Noticias relacionadas", "Diez paseos junto al río", "Lo más leído", "Suscríbete a nuestro boletín", "Comentarios (3)",
           "Aviso legal", "Contacto", "© 2021 La Gaceta de Molinos. Todos los derechos reservados."],
    "ru": ["Читайте также", "Десять прогулок у реки", "Самое читаемое", "Подпишитесь на рассылку", "Комментарии (3)", "О нас", "Контакты",
           "© 2021 Мельничный вестник. Все права защищены."],
    "zh": ["相关新闻", "河边的十条小路", "热门文章", "评论", "关于我们", "联系我们", "版权所有 © 2021 磨坊报"],
}  # fmt: skip
"""What sites set above and below a text, by language."""
