"""How common words are in news: shares of texts, by language the greatest. Made by bench/common_words.py, not edited.

Belongs here: the table and its look-up, nothing else.

Counted 2026-11-22 in 1372 en, 449 de, 248 ru, 124 fr, 118 es texts: the development parts of the
Universal Dependencies treebanks EWT and GSD (English, German, French, Spanish, Russian) and Taiga, fifteen sentences at a
time; factRuEval 2016; news pages and feeds among the test data of trafilatura, htmldate, fundus, newspaper, goose and feed
readers. A stem that at least 5 texts of a language have is listed, with its rarity (negative logarithm of the share
of that language's texts) in steps of 0.25.
"""

from functools import cache


def rarity(stem: str, unknown: float) -> float:
    """The negative logarithm of the share of texts that have a word; `unknown` if it is rare or its language not counted."""
    step = _table().get(stem)
    return unknown if step is None else step / _STEPS


@cache
def _table() -> dict[str, int]:
    return {stem: step for step, stems in enumerate(_STEMS) for stem in stems.split()}


_STEPS = 4
_STEMS = (
    "the",
    "and auch auf das den der die ein eine es for fur im in ist mit of on to und von zu на",
    """al als am an au aus bei con dans de del dem des dies du el en est et hat il is it la las le les los mas nicht par
    para por pour que qui se sich sind su sur that this uber un una une werd wie with не что""",
    """aber are as at avec be but by ce como dass einem esta from fue hab have ihr jahr lo mehr nach no noch not nur oder
    ou pas plus qu sein sie so son sont um vor wir wird wurd you zum как котор по""",
    """about all ander aux bis can cett dann durch elle erst este ete gibt has ich if kann kein konn mais man more muss
    ne new one or sa schon seit sus tambi they unt up viel war was we wenn what will zur для за из от так это""",
    """alle alor also anos aussi autr been bereit comm da dabei damit depui desd deutsch deux do dos entr er era estado
    etait etwa fait first francai ganz get grand gross gut ha hatt hier how ihre imm just konnt leur like meme moglich
    muy my nous now ont oth out pero premi sehr ses sin sobr some their them ther tien time todo tout tres uns vom
    when which wied work would year your zeit все года до его но он то""",
    """ab aft ainsi allem anne ano any apr beim ces com contr cuando dazu diesem doch dond durant eigen einfach encuent
    esto etat etre fall franc geg geht habe habia had hasta he here into its jetzt lang look lui mach make mal me mein
    most need neu neue nun off ohne only otro over part parti persona peut post pued re read said selbst ser show soll
    sollt solo sondern sous than thin unser use want way weit weiter welch wenig were who wichtig ya zwei больш будет
    был врем году друг же перв посл сво стран такж уже""",
    """adema aktuell ans appl arbeit avait avoir back becaus befor besond call certain ciudad commun could cual dafur
    denn despu don dont egaleme einig embargo ese even ever fair familia find follow forma frag full go good gran
    great grupo help heut his ihn ils importa includ jed know lass last letzt lors lugar macht made mak many mensch
    mich mismo much municip naciona naturli news next nouveau ob otra our pais pays peopl plac poblaci premier present
    princip puis real right rund sagt see segun selon should si sowi start steht tag tanto teil then thes think
    through tiempo tous two us ve vers very vez vill wahrend weg weil well wer wher whil zusamme zwisch было во если
    еще или их мы нов однак они предста при росс сам тольк этом""",
    """add alguno allerd app around asi aunqu avant bajo beid bein beispie bekannt bericht best bien bin both case cela
    cet chang code compan compt constru creat darub davon day deja derni deutlic dia did differe digital donc dort
    down drei droit each einmal encontr encor end ende entsche entwick environ equip equipo espana espanol especia
    estaba face fast few final fois folg free fueron fut geh genau general gerad gobiern goin gouvern group grund
    habitan hac han hay high histori homm ihrem ins interes interna je jean jedoch jour jusqu klein komm kommt kurz
    laut leb liegt link list ll long may medio mientra mir moin mond month nationa nombreu non notamme nouvell nuevo
    open ord organis own pari partido pass personn pertene petit peu plusieu point politiq port preside prim primera
    pris problem realiza recht region report richtig saint same sans say schnell sei sido sinc situe sogar soit spat
    stark steh stell still stor sud support take tard temp tenia thos tim toda too toujour travail troi trouv uno
    unterne untersc unterst used usin verschi vie vous week weis welt wirklic without wo woch woll world writ zahl
    zwar zweit бол была были возможн всех где государ когд лет мест мног может можн наш она под последн правите
    президе работ российс слов со ста того том человек чтоб этог этот являет""",
    """actual agit agua alguna alt america anfang anoth ant ante appel arbeits area argenti ausserd bas beaucou berlin
    bess bestimm bett betwe bild bonn build cada casa caso cell celui censo centro chef ci come communa comunic
    conocid conseil conside contra cour cuatro current daran data debut demand dentro departa departe deshalb design
    devant develop dias direct direkt does economi effet eigentl einsatz ejemplo ella ello empresa entrepr eran erhalt
    erklart erreich esa estadou estan estudio euro famill form found fuhrt funktio gab gar geb gemacht gemeins gern
    geschaf geschic gesprac giv gleich googl grac grosst guerr gute hace hacia halt haus haut home hora howev hui
    informa issu ja juin junto kam kaum keep klar km2 land lasst lead leid let lieu littl love mayor mean mehrer meist
    mejor membr mes mi might ministr mocht moment momento monat mucho musst neb nom nord nort nos notr nueva nutz obra
    offentl oft old organiz paar partir paso person personl play poco politic porqu pro produkt projekt provid provinc
    prozent publica publico punto quelqu quick rapport recent relacio represe resulta screen second segunda seh sera
    servic servici set seul shar siecl sistema small solch someth sourc sozial spiel stat such suit system tak talk
    thema though thre tierra titr trabaja trabajo tras trav try turn tuvo ubicado uhr ultimo unido univers unos updat
    user vario ver vergang versuch via vier view voir ware warum why wiss wohl zeigt zudem zukunft zuruck будут бы
    быть вопрос вот времен всег втор глав главн год город два ее заяви лучш межд министр нас нача несколь нет них об
    один одн око организ очен продолж прост свою сказа сред сша тем хорош чем""",
    """able accord accueil acht acros action acuerdo afin again against ahnlich ahora aide ailleur allgeme allow alread
    alway ambo anci anderem angebot announc arme art articl artikel ask aujourd autorid autorit availab away banda
    becom bedeute beitrag bekomm benotig bereich beschaf besonde betrieb bietet big bish bit blanco bleib bleibt blick
    braucht bring britann bueno busines bzw cadr cambio came campo cancion caracte carlo carrete caus causa centr
    cependa ceux champio chez cinco clear clos club collect comerci command comment communi complet comuna condado
    constit continu control corp cote countr coup cualqui cuenta cuerpo custom dadurch dah dank darauf dau days debido
    derzeit desarro destaca devic devient diciemb didn diferen dire disco distint distrit doesn doin doit done donn
    druck dur durchge ebenfal echt ecrit edad effort eher einzig element email enfant ensembl entonc entspre ergebni
    erstell espec estable eu europ europee experie far faut featur fecha feel film fin finanzi findet fonctio forc
    fort frau frei friend fruh fuhr funcion funf gehor gehort genero gesells gesundh gilt ging give goberna got hand
    hard hav hear heisst her hijo hin hinau hint histoir hizo hoh hohe hous ihm ingl install instead institu interne
    investi ios iphon jeun jose jugador julio jung kind larg lat learn leicht leistun less level libro lieb lieg life
    lign linea localid lorsqu lot mac mai mainten manag manera manier mann mano maria match meilleu meno miembro
    million millon mindest mis mort move mucha nachst name nev nie niveau nivel nombr novembr nuestro numb numero
    octobr octubr offic oficial oktob once onlin origin ort parc partici particu pasado pendant permett plan platz
    polic politik populat posibl possibl posteri pow pres pric primero product produit profess program project projet
    publi public publish pueblo pues puesto put quand quatr questio rahm raison realis releas republi respect rest
    result rey roi roll run sag saison san says schlies schreib schritt sector seem seinem septemb seri seria serv
    setzt several she sicherh sieht siguien sitio situ situaci situati social somm souvent special sponsor sprach
    statt stellt stund sujet sure surtout tage tan tant tatsach team technis technol tema tempora terrain thank
    thought told top total trotz tun unico unserem until utilis utiliza va verantw verbind verfugu verglei version
    verwend vida video viellei voll wahl watch wert wirtsch wollt won word zeig ziel zona zusamm zusatzl œuvr америка
    апрел без власт вмест да даже данн день должен должн есть жизн зде известн именн информа использ кажд компан конц
    ли мира мне москв над нам народ открыт поэт прав приня произво против раз развит решен русск сегодн случа сообщае
    сторон там тогд час эти этой""",
    """abord academi accion activit additio adminis ai air aktiv album allein alleman alli along alterna alto angab
    anglai antigua antwort apoyo apps arret arrive asiatic aucun aufgrun aurait auss avon avril base beginn begleit
    besteht besuch betroff biet bitt blog bon brauch brin buch bundesr buy calidad car cent charg chateau check city
    comenzo commenc compagn comput concent concern confirm connect connu conoc conserv contrib corona cours cree dageg
    danach darf darum dat deal decada decid dein democra denomin densida dernier detail deuxiem dezemb dijo ding
    directe directo domain dritt driv durf durft ear easi easy eben ebenso educati eglis einzeln ell empfehl energie
    enfin enough entrain entsteh erfahru erfolg erfolgr erinner ermogli escrito eso espacio estacio estar etaient etud
    euch europa europai event everyth exampl expect expert expliqu exterie fact fami fest fils financi five flattr
    folgend fordert four fuert fuerza futbol futur gard gegenub geld genannt generat geplant gerat gesamt gestalt gett
    gewes gleichz governm gracia gros grupp guerra handelt happ happen head hecho hermano herstel heur him hoch hold
    hope hour hoy http idea ile imag increas indepen individ industr ingreso inhalt inn innerha insbeso insgesa isla
    isn jahrhun janvi jede jedem jemand john journal juego juillet komment kopf kost kund lauf least leav left leut
    line live livr local loi losung low luego lutt march market markt mars marz massnah medi meet meinem meinung mesur
    milieu militai minut mitarbe mitt mittler mois mondial mone montr mov muert mundo nachdem nada near nehm network
    netz ni night nino noir notwend novemb oben objetiv obwohl ocasion officia offizie option ordr origina pacific
    parmi passier past per pere perform period peuvent phon photo pleas pod politis positiv poursui pouvoir practic
    pratiqu precis prei prend prendr previou pritlov privat prix proch propia pu publiqu punkt qualita quarti quier
    raum raza reason reconoc regel regieru remain researc respons retrouv return review rio role rot runn sant schlech
    schutz schwarz sech securit segundo segurid selecci semain septiem seront setz short shownot sieb siempr siendo
    sign similar simp simpl singl sino site six societ sofort softwar sogenan somit sorg soulign sowohl speak specifi
    sprech stadt stand step succ superfi supuest tal te tell ten tercera term termina terr test tete text tief tipo
    tipp took trag transpo trotzde twitt type uberhau ultima union unis unit usa uso varia verande verbess verhalt
    verhind veroffe verstan villag visit volv vorstel wass websit wednesd weiterh wheth wissens wort www yet york
    zahlrei zentral zone виде владими войн вперв вы герман говорит граждан групп двух декабр дел дней дня долларо
    европ ему земл имеет интерес истор кром лишь март мая междуна меня могут момент настоящ национа некотор необход ни
    област основ особенн отмети официал поддерж пока получи пот премьер процесс район ран рассказ результ руковод ряд
    свой связ сдела себя сейчас создан сообщи соответ состав сотрудн специал стал существ считает тепер террито течен
    тут ты тысяч участ участни хотя цел част через чис язык январ""",
    """abend abov absolut acces acceso accompa account acto actor actualm afirmo afroame age ago agosto algo aliment
    almost amerika amerind amigo anbiet angriff anschli anterio anyon anyth appear aproxim arbeite arriv artista
    askatp associa atencio atp aufgab augment aun ausnahm austral auteur auto automat autonom ayer batalla bau bedingu
    begeist behind believ below besoin bestand bestati bestell beteili betont betreib bevolke bevor bewegun blanca
    book break brows buen buena ca campaig campeon canal cantida canton capacid capital care cargo cas casi categor
    celebra central cerca chain challen chambr chanc changem chil choos chos christi civil claim claro class classiq
    color comenta comienz compani compart competi compos compren compues comt comunid conditi confere conjunt connait
    consegu consid consult content convert convirt coorden copa corresp cosa cost costa count court cov coverag
    critiqu cruz cuanto cultura damal dan darin deb decidio decisio dejo demokra denk dennoch denunci departm derecho
    desorma diario dich dicho diensta dir dirigid diseno disposi distrib dit divisio documen domingo donne dr due
    earli edicion eith ejecuti ejercit eleccio electio elev else energi enero enfrent enriqu enseign entfern entrena
    epoca epoqu erneut erschei escuela espagn especi especta ess estilo estudia etant eveneme everyon exact excelle
    executi exist exito explain fahr faibl famili fand februar fehl femm fight file firma font food footbal formaci
    forward foto frances francia francoi frent freu freund freundl front fuera fun functio fund furent furth gast
    gebrach gefall gefuhl gegeb gelt genug genutzt geseh gestell gewinn gewiss geword gira glaub grenz grosser grow
    grun grundla grundsa habria haciend handl haufig health helf herausf herrsch hilf hogar hombr host hotel humain
    human ici igual ii incluso indem inglate inicio initial insid integra intensi interdi interpr intervi inzwisc ipad
    ir irgendw isleno italia izquier jahrig januar jeudi job join joue jov juan junio kampf kauf kenn key klassis
    knapp kommuni komplet kraft lag lage laiss landern langu largo latest launch legisla ley liga light limit liv
    llamado llegar llego localiz luis madr mag mail main major manifes mar marca marqu mart martin marzo materia matt
    mayoria media mediant mem memb meng menor mexico mieux mil militar milliar mise mittel mobilis mode model modelo
    monda montag mouveme movimie moy muerto muj mujer multipl mundial musical must nacido nacio nahe nam natur natural
    naturel necesar netzwer niemand nimmt nomm noth noviemb nunca objecti obtient occiden oficina ofrec oportun orig
    oro osterre ouest outsid ouvert ouvrag padr page pandemi papel parec parlame partn paul pay pelicul perfect
    periodi permane permet permit peupl pick platfor plaza podria polizei populai popular positio prasent praside
    precio presenc pretend prett print probab proces producc profesi propio propos propr protect proyect prueba pudo
    puerta puisqu qualit quell quoi rath reach realida realit receiv recherc recomme record red regelma registr reich
    reino remport rencont replac requir reseau resto retrait rien robert roma room ruso sala samstag santa schau
    scheint schweiz schwer schwier scienc scre sea search sede seen seis selbstv selecti sell semana send sens sett
    side siglo situada slow smart soir solutio someon sonst soon sort souhait sound spac spas speziel spielt spricht
    staat staff standar star stateme stay stop strateg strong sup superie switch technik tecnolo teilneh telefon
    televis tent tenu territo third togeth tool tour track traditi travel true trump tuesda uberras uberzeu unabhan
    unas underst unica unidad uses usual utilisa vall valu vec verbrau verbrei verbund verfolg verkauf verlang verlass
    vertret verzich viaj victim vien voie vollig vorauss vorteil votr wait walk warn web wechsel weltwei wesentl whit
    whol wirkt within wohnung wunsch yo zehn zufried zuminde zunachs zustand zuvor акц алексан бел борьб будущ быстр
    вам вас возвращ всем выступа голов действ действи договор достато европей закон западн зат зна значите им име имен
    искусст исследо качеств количес команд красив кто культур лидер люд люди мен миллион мир назад наприме находит
    начал него недел ним ноябр нужн образ общ обществ объедин объяви обычн октябр определ основн отношен парт перед
    подобн подчерк политич пользов помощ пор посколь председ принят причин пробл проблем проведе проводи програм
    проект происхо проходи работа различн республ рф свет свое свои себе семь сентябр серьезн систем скор следующ
    служб соб соверше совет согласн составл состоял союз столиц тоже три франц центр чемпион черн член экономи эта
    этих эту южн""",
    """abril abschlu act acteur actuel actuell adopt adress advanc aerienn affair afriqu agenc ajout aktion algeri
    alianza alta alte althoug among angesic animal annonc answ antiguo antonio anzeig aparec apparte appell applica
    apport appreci approac aqui aspekt aufbau aufmerk auftrag aug august aupr ausgest ausland ausreic austaus auswahl
    auswirk autant autour avaient avanc avoid ayant bad band bank barcelo barrio beautif bedarf bedeutu begriff
    begrund behord bekommt benefic benefit beobach beratun berucks beschre besser bestehe betrach bezeich beziehu
    bildung bill billion bisheri bist black block board bod bois breit bretagn bringt britani built bundesw camino
    camp campagn candida cantant capitai carrera carrier celebr chanson chaqu chief chin china choic choix ciudada
    clean click cloud co combat comit commerc common compar complej complex comport comprom conduit conflit connais
    consacr contain contrai convenc convent cort couleur coupl creacio cris criter croissa cuarto culture cœur dai
    darstel date david decad decembr declar dedicad deep definit dejar dela dema deni desapar dess dessu determi dicha
    diffici dificil dios diplom diploma dirigea discuss diskuti div dizain dobl doivent dokumen donald dossi doubl
    duda eau edition efecto effect effecti effectu egal ehemali einflus eingesc eingese electri elektro english ensuit
    entdeck entir entrevi entschi entspan entstan entwed epous erforde erkennt erlaute ermitte erstmal erwarte erzahlt
    espagno etes evolu evoqu exempl explico extensi faceboo fail fallt favoris favorit federal feed feu fevri fi figur
    fil finalem fine fix focu focus foku fond fondo formati forschu fourni frankfu franzos frapp frer frisch frontie
    fuent fuhlt futuro gagn game gauch geeigne gefahr gefuhrt gefund gegenwa gekomm gering gesagt geschri gesetz
    gesetzl gesetzt gets gezeigt global gluck goes guitarr gunstig hart haushal herau herz hinterg histor hoffnun hop
    huge idee identif iii immedia impact impleme impos improv inch india indiqu influen informi informo ingresa
    initiat inmedia instagr intenta intento interet interio interve involv itali italian item itself jeu jeux jeweil
    joueur journe kennt keyboar kill kilomet km known kolleg kompete konkret kontakt kontrol kostenl krieg kris lad
    lado lanc languag laquell largeme late lauft law leben led legt lequel lern libr librar liebst lien lies lire
    locatio lokal londr lost lucha lundi lyon machin madrid maison maitr majorit malad malgr managem manch manchma
    marco mark maroc mass matier matin maximal mayb mayo medecin meint mention mer messag met method metr mettr
    mexican mind ministe misma miss mission mitglie mittwoc modell modern monumen morg morn moyenn munch murio museo
    mutt nachhal nachric nachwei nah nahm namlich nation necesid necessa negro nice niedrig normal note notig nuit
    object occup offenba offensi offr ones operat orienta outr pag palacio pareja parent parfoi park partei partiel
    pasar passend pequeno permi permiti pese pet pictur piec pierr plat platafo posibil potenti pourquo pourrai
    pourtan praktis precede preis premio press pret proceso prochai produc profiti progres proprie proximi prozes
    prozess publie puerto puissan purchas push qualifi quant quel quit rais rang reagier realisa realita rechtli
    recient recompe reconna reducir reduzie referen reform regiona reicht rein reis relat relatio relativ religio
    remarqu rememb remov rend repri request residen residie restaur revanch revu rich richtun rivier roug rout rss ru
    sach sait save scen schad schaff schluss schnitt school schul schw scienti secreta secteur section seguro selb
    self selt senalo sentido serait sieg signifi sigu situado sitz size soldat solucio sometim sorgt south spannen
    spar spend spezial squares standig street structu struktu stuck styl success suggest suivant surpris taill task
    tat tech techniq teilt teilwei tempera thursda todavia toll toma touch toutefo toward trad tradici train trait
    tranqui transmi traslad trata treff tu tut tv typ uberbli uberpru ubicada ublich umgang unterha untersu ursprun
    valeur vehicul vendred venir veranst verdien vereinb verfass verfugb verlier verlor verscha verschl verschw
    versorg versteh vert vertrag vielmeh vollsta volunta volvio vorbei vorh vorhand vs vue wahr wahrsch wann wart
    washing wasn wat ways wed weitere went win window wint wirkung workflo worth wp writt yes zeitpun ziemlic zuletzt
    zunehme zuruckg zuruckz zwische активн бизнес благода большин бывш важн велик внутрен военн вокруг восстан всегд
    встреч выбор газет годы готов давн дал две движен дела демокра дмитр долг дорог женщин зелен игра изображ инициат
    иностра интервь источни июля июня км конечн контрол красот летн личн массов матч медведе мире млн мнен мог молод
    московс наблюда назва направл населен небольш ней нем нич ну обеспеч одна одновре оно остров отмечае относит
    очеред очередн парламе план побед позиц политик полн положен помощь понедел пост построе поч почт практич предлож
    предпол предпри прежн прекрас пресс принима протест прош прошл прям пять рабоч развива разн разрабо располо
    распрос регион реки реши роль сайт свободн свят север сильн сих собстве событ советск совреме содержа состоит
    социаль спасиб ссср станови стар степен суббот счет считают тех тот требова увеличи универс уровн услов услуг
    установ участво феврал федерал фильм фото фотогра француз хоте хочет художни цвет цель централ часов четыр числ
    школ электро этим""",
    """abandon abgesch abilit acc acced accept accus acompan activid activo actriz adapt addres adelant adquiri advanta
    affect affirm affirma africa agent agradab agre agreeme agricul ahead aid aime aire aktivit akzepti alain alejand
    alemani alert allemag allianc alreded altura amba amelior amenaza ami amount analog analys ancho ancienn andaluz
    anderun anfrag ang angel anglete angst anlag anspruc anuncia anwendu anzahl aout apparit appele aprendi april arab
    archite aren argu arrondi artisan arts arzt asegura aseguro asesina asisten assez assista assur atlanti atra
    attack attaqu atteind atteint attent attenti aufs aura auraien auseina ausfuhr ausgab ausgang ausgesc ausschl
    author authori autorin autoris autorou avez avion avocat ayudar baja bald ball baptis bar barr basic bastant
    bataill batimen batter beantwo beat beeinfl befinde began begin bekampf belg beliebt berat berechn besitz besteh
    beweg bewusst bezug bildet bislang bissch blanc blieb bloqu bord bours bout box branch brasil bretana brief brok
    burg busca caballe caida califor camara canada cap caro carta cartera cathedr catholi ceo chacun champ channel
    charl cherche chica christo ciento cierto cinq cite citoyen clas claud clav client climat cnn cocoa coffe colabor
    colecti colleg collegu colombi comarca combatt combin comenza comisio commiss committ compon compri comprob
    concept concluy concret condici conexio confian conflic conform congres conquis conscie consecu consejo constan
    contact contena contenu contine contrat convers convier cook cool copy corpora correct corrien cot coureur couronn
    cout creado crear creatio crecimi credit cristia cuenca cult cultur cut cuyo dang dangere daniel dano dar darau
    dark darl darunt datensc dead death decir declara decouvr dedicar default defens defense deliver demanda demande
    demeur demi demonst depend deporti derecha derrota descans descono describ descubr designa despit dessin destina
    desweg devait devenu devrait dice dienst dient dieron diez difficu diffuse dificul dio direcci directi discipl
    displa dispos disput distanc dix dominic donners dout downloa dringen drop dueno durchau durchsc echang echo ecol
    edifici edit eduardo einblic eindruc einerse einfuhr einkauf einschr einstel einziga electro elimina emblema
    emmanue emperad empir emplead enabl encanta encoura endemiq endlich endroit energ energia engage enginee englisc
    enquet enregis ensenan enthalt entrada entre entrega envoy episod episodi equipem erde erfahr erfolgt erhebli
    erhoht erklaru erlebni ermittl error erwahnt erwart erweite escucha esos espac espera esperan essenti estadio
    estimat estrate estrell estruct estuvo etablir etablis etap etapa etc etoil eur europeo eux evento eventue evidenc
    excepti exchang exclusi expand exploit explosi express exterio extrem fabriqu facil facon fahrzeu falleci falta
    fans febrero federic feedbac fehlt ferm fernseh ferroca festges festste fiesta fila fill finalme financ finish
    firm fit flor folgt fonde forderu foret format fox fragt francis franco frank frecuen freihei freitag freud frida
    fruher fuhl fuhrung fundado fundame ganader ganar gare gave gaz gebaud gebiet gedacht gedank gefallt gefragt
    gegensa gehalt gelegen geograp georg gerecht gericht geschma gestion gesund getan getroff gewalt gewonn girl glas
    goal gomez grec griego ground habian habit habla half halft hamburg handeln hangt hardwar hast heard heiss herbst
    hermana hero herr herunte herzlic hies highlig hija hilft hinwei hinzu hit hochst hoher honneur hopital hor hors
    hospita hubo huit hund hundert ideal iglesia illustr inaugur incluid incluy incluye indigen indio info infraes
    inicial iniciat innovat inquiet inscrit instruc instrum intelig intelli intend interie interro introdu inviern
    invit jahrzeh jam jamai japon jaun javi jedenfa jefe jeweili jonatha json jugo june jungst junior junta justic
    justici justo kalt kampagn kannst klick koln kombina kommend komplex konkurr konsequ konzent konzept konzern korp
    kranken krankhe kritik kritisc kritisi kuch langjah lanzado largest laufend lay lebensm ledigli leg legal legitim
    leist leitung lesquel lett lettr libert liberta licht lid lie ligu lin literat littera llamada llega llegada
    llegaro lleva lograr logro loin longtem longu loui lourd lov luft lumier luz maestro magasin maintai majeur mala
    mang mannsch marcado mardi mari marin marocai maschin massiv materie maxima measur mediado medida medizin mehrhei
    memoir memor memoria mencion mensche menschl mercred mere merit metro michael michel militan min minima miteina
    mobil moderat modo moi mont montana mot motor muestra muse music musica musiqu nachfol nachfra nacht nadi nahrung
    nativo neanmoi necesit nee neerlan negativ neuf nicola north notic noticia numeros nutzt nutzung oblig obtenir
    occasio ocho octob ocupo oferta offer officie operaci operado operati opf opinion opportu oppos orden ordenad org
    orienti ost outil ouvertu paix palabra palai pap paralle parisi parl partag partena pedido pedro peligro pens
    pequena percent perdu perfekt peso philoso pied plann planta plateau plupart podcast podia poid policia pologn
    pont possed pouvant powerfu praxi pre predict prensa preoccu prepar prepara presion presqu presupu preuv prevent
    prinzip priorit prision prison privado probabl proced process proclam produci profil profit profond profund promis
    promoti prononc propied proposi protago protecc protest prov pruf pudiero puent punta quedo quitt radio rapidem
    rappell rat razon realizo recemme rechazo rechn recibio reclama recomma recu recueil recuerd recuper redakti rede
    reduc reduit reflect reforma refug refus regard regresa regreso regular regulie reih rejoind reli religie remi
    rendr rendu renn renouve renseig reperto repondr repons repris reproch reserva resista respekt respond respues
    retir retirad retour retourn reunion reussit reveal revel revista revoluc revolut risk rival rock romain roman
    royaum ruck rul runs russ russlan ruta sab sahraou salida salio salir sall salud samtlic sauv saw scal schlimm
    schrift script secreto seigneu selbstb select sembl senior separat seuleme sichern sicht sichtba simbolo sinn
    sinnvol sit socieda soient sol soldado soleil sommet sonntag sorpren sorti souci soutenu soutien souvera spd spe
    sport spot staatli stag statist statut steckt stet stev stimm stock storag straigh strass strom studi studier
    stuff subscri sucht suel sueno suiss suma superio suppos surfac sustitu szen tabl tableau taglich tatig tausend
    tecnico tels tenga tenian teniend tenir tentati termin termino thoma thousan tier titl titulo tod tomada tomar
    topic torr totalme toulous tourn tourne townshi tragt transfo transit trato treat tri trial trifft trip troisie
    trop tweet typical uberleg uberneh ubersch ubertra ubicaci ubrigen ultimat umfasse umgebun umsetzu unbedin uniqu
    unterwe upgrad useful utilise vagu valle valor vat vega velocid venta venu verano verarbe verd verdad verfahr
    verfugt verkehr verlag verletz vermeid vermitt vermutl versich verteil vertrau victima victori viennen vins virg
    vis visita visitan visitar vista vivir vivo voic voit voix volk vorbere vorgeh vot voyag voz vuelta vuelv wachst
    wachstu wall warm warnt weekend wege weiss weiterg werbung wettbew whatev wide widersp wiederh wiederu wien winn
    wochene wom wouldn wrot wunderb wusst wwdc young youtub zeitung zieht zuerst zufolg zuhaus zweck zweifel август
    админис америк арм британс века великоб вечер вид визит вообщ вперед врач всей вся выборов выпуска выступи выш
    выше глаз говори голос голосов гор дело деятель добр должнос дома дума един единств жител задач заключе заседан
    защит заявлен звезд здан зем зим имеют интерне итальян итог кандида капитан квартир клуб книг ко комитет конфлик
    корресп красн либо литерат люб марк материа минут мирн миров митинг множест море мужчин музыкан надежд надо назван
    назначе называе называю наибол наконец намерен напомн народн научн начинае нашу недавн никак никогд ночь огранич
    огромн одно окончат округ опублик основан основат особ остает осущест откры отсутст персона планиру повышен
    подтвер позволя поздн полност половин популяр постоян прави праздни предмет прем прибы приглаш применя пример
    принцип присутс прове произве противо професс раза рамк родн сборн связан связанн северн серг сети ситуац смогут
    совмест созда сообщен состоян средств срок станет станц стать стоит стоя страниц суд телефон техноло той уж украин
    управле утвержд федерац финансо форм характе частн частнос человеч эксперт эпох этап являют""",
    """ablauf activ akteur alexand alltag alon amaz amazon analysi analyst andern andert angebli angekun angeleg angeneh
    ansicht anteil ap argumen arm atmosph attempt aufenth auffall aufgeba aufgeru ausdruc ausprob aussag autor averag
    bahn basi bayern beacht becam beginnt begrenz begruss behande behandl belegt beruhmt beschle beschri beschwe beta
    betterm bewegt bewertu beyond bezahlt bid biggest blut body botscha bottom bracht brand broad bundesk bundesl
    bundesp bundest bundesv bunt button buymeac calenda camera cannot captur card ch charact cheap childr chri cit
    coast collabo combina conduct configu consist consum contrac core couldn covid critica critici dacht dahint damag
    decemb dicht diejeni diesmal discove discus diskuss divers dollar door dorn draw durchfu eat econom editor effekt
    effekti efficie effizie ehrlich eight eingefu eingest einheit einscha einsetz einst elektri empfang employe
    engagem engin enjo enjoy enorm ensur ent entspri ereigni erhielt erhoh erkenn erlaubt erleb erneuer erschie
    etablie eure eventua excit existen expensi experim explor extra extreme fac factor fahigke fahrt falsch familie
    farb faszini fazit fehlend feiern fertig feuerwe field fire fordern foreign forget fortsch fractur frankre frequen
    fresh freut fried frieden ful furs gain gam gart geander gebe gebor gebrauc gefahrd gefahrl geforde gegrund gehe
    gelang geles gemeind gemutli genauso genehmi generel geniess gepruft geschlo geteste gewicht gewohnt gewunsc
    gezielt glatt glaubt gold gone gott governo grosste growth grundun guid habt hall handel handels handlun handwer
    headpho heart held helpful hervorr heutig highest hill himself hingeg hinsich hinweis hochwer hopeful hort ide
    immerhi import impossi impress indicat infrast inhalts inspir instanc investo israel jag jahrlic jederze jobs
    jugendl juli july jump juni kamera kanal kapital karrier kart kindern klau kleidun klingt knowled ko koaliti
    konflik kontext koopera korperl kreativ kultur kunftig kunstli kurzlic langer langfri langsam lebt leit length
    lets lieblin liefern load lock lohnt loss lots luke lukedor lust macbook magic mastodo max mechani medical meer
    mehrfac meisten meldung men microso mini mix monatli monitor motivat motivie mr musik myself nachbar nein nenn net
    nett neun newsru niederl nieders nochmal normale oberfla offen ohnehin ol omnifoc overall pack paid pair partner
    path perspek pflicht planung plattfo pm potenzi power pressem pressur produzi propert pull purpos putt rate
    reaktio realisi realiz rechnun regeln regelun replace resourc richt richtet rise road rohstof rough ruhig russia
    safe sah satz sav schafft scharf schaut schedul schick schlag schlagt schmerz schneid schwach schwimm scott season
    seat secur seek selten sent shipp sieh slack slid slight sobald sohn sold song spannun spatest spent spitz spitzen
    spur st stabil stamm standor startet station stattde stattfi steig stein stern stick stopp str strasse stream
    streck streich strik stud student stuf submitt summ summar suspect swift target technic teilnah tend terrori teu
    titel ton tot town traum trend typisch typo uberall uberleb uk umgeset umstand umwelt unfortu unklar upon usb
    variabl variant variou vendor verabsc verband verein verfug vergess verhand verlauf verlust verpass verpfli verrat
    verstec verteid verwalt verwand vice vielfal vorgang vorgese vorgest vorjahr vorlauf vorlieg vorsitz wald wandel
    wassers wear weath webseit weich weight wein welchem welcom west wett wi wild wind wirksam wish wobei woman wrong
    wund wunscht yesterd yoursel zahlung zeich zentrum zerstor zieh zugang zugleic zugriff zuverla абсолют автомоб
    агентст алекс англ арест арестов архитек безопас белорус бесед бесплат борис будт ведь весн вест весь видим видн
    вижу виктор влас внешн внов возглав воздух возник воскрес восточн встрети выигра вынужде вырази высок высш выход
    генера генерал говор говорят годов гост грозн груз далек дальш двер двигате депутат десятк дет диплома директо
    днем докумен дом друзь дух жив жить журнали заверше заверши закончи закрыт занимае заня здравст знак значен значит
    издан изучен институ историч кампан киев кита китайск коля комисс компози корабл королев крайн крупн крут лев легк
    лент лиц маленьк мама меньш мере минимум министе модн моей моем моя мягк написан настрое наук находил наше неде
    нее независ немецк несмотр нижн номер нынешн оба обнаруж обязате окончан оппозиц освобож отде отдельн отличн
    памятни партнер перегов период перспек песн письмен площад победит подгото подня подписа позж поиск показыв полет
    получа понима поня попытк постепе похож предлаг предъяв преступ приземл примене принадл приходи приш продукт
    произош промышл простра противн проч прошедш птиц пункт путин путь пятниц работае размер расслед рассмат рассмот
    реальн режим росси рубл рук сама самолет свобод сезон сидит сил следует сложн смерт смог снов собирае совс соедине
    сожален создава солнц состави состоят сохрани спор сраз средн стандар стил стол стольк сторонн странн стратег
    строите судьб сумм сфер темн топлив торгов точк точн традиц трет треть труд турц тыс тюрьм тяжел увеличе украинс
    улиц управля усил учен функцио художес цитируе часть чего чиновни штат экспеди элемент энерг япон""",
    """abhangi abschli abstand acciden achiev acquir ad address adverti advic advis afterno alleg amid anderer andrea
    anforde angenom angesch anpassu ansatz anschau anschlu ansprec anti anywa anywher api apparen approv approxi
    arbeitg arrest artist assum attach attend attrakt aufklar auftakt aufwand ausbau ausbild ausgepr ausgere ausgesp
    ausseh aussenm aussers aussert aussich ausstat ausstel award backgro backup balanc battl beantra beauftr bedenk
    befind begann behaupt behavio beinhal benutzt berg beruf beschra besucht betriff betrug bevorzu beweis bigg
    biologi bloombe blue bone boost bot bought branden brian britisc brought bunch bundesa calcula carri cars casp
    catch cdu chao charakt cm coach comfort complic confide convict cover crash creativ crowd curat dach daraufh
    databas datei dauert debat declin defin definie delet deliv demnach desktop diagnos dien dienstl disclos display
    dominie draft dream droht dropp earn earth ed eignet eingang einkomm eins einschl elect eltern embrac emotion
    endet ends eng enterta entire entlang entlast entscha entschl enttaus erfullt ergibt erholun erklar erkrank
    erledig erleich ernahru ernst ersetz erwachs establi evangel ex exklusi expecta export expos extend extern externa
    eye eyes fachkra facilit failur faktor fantast fath fear feld felt fern fett fir flach flight flow flugzeu fly
    fold formatt forsch fotogra fraktio freiwil funft geburts gelegt gelingt geltend gemas genomm genugen gerechn
    gescheh geschen geschie gesicht gespiel gestart getotet gewohnl giant gleichg gluckli gmbh grad graphic gre griff
    grossar gues hack halb hans heftig heimat heis herausg herkunf herrn hierfur hoff hol hot hundred id imac improve
    inc inciden incredi inkl inklusi inner input instant integri interfa intern invest investm iran island israeli
    jeglich jene jerse johann judg judisch karl kategor kept kern keys kirch klass kletter klima knew koch kollekt
    komfort kunst lach langst laptop large laufzei lebensg lehr lik listen lizenz locat london lose maco magisch mask
    massgeb matthia meant meister meld meldet menu merkel mess middl miet mike minist mitgli mitteil mittelp moderni
    mord mountai multi munchn nativ neighbo nennt neutral nine none null obviou offn offnet oh okonomi ongo onto
    ordentl order os otherwi packag paket pars passt patient pattern perhap perspec pflanz pfleg photogr plant plotzli
    possib possibi pref pressek primar prompt quart race ran rare raus recogni referr regim reibung relevan remind
    repeat ressour rett rid risiko root rote round ruft ruhe sad sal saturda saub scheinb schiff schilde schlich
    schlus schmeck schrieb sehe seid seitdem sekund senat sendung seriou session setup sev shap shift shop shown
    sicher sicherl signal sitzt siz skill smith sodas sofern solv somewhe spart spater speech speiche spiegel spok
    statu stefan steigen steigt stil stolz storm strengt struggl subject succes sudlich sunda tatigke tax teach tel
    themsel theor theoret theori threat ticket traffic trainin transcr traurig trick tritt trocken troubl trust tur
    uberwac ubrig umfangr umgeh umso unbekan ungefah unles unlike unterbr unterdr url urlaub variet vehicl verbot
    vereini vereint verg vermehr vermein vermute versamm verschr verseh verursa verzeic victor vielzah viert virgini
    virtual virtuel vivid vorgab vorgesc vorsich vorwurf wachs waff wahlt wahrneh wasch wave weitgeh wem wend werk
    wertvol whos wies wikiped wirft wohn worr xix zahlt zeitrau zero zeug zielgru zumal zuschau zutat zweimal австрал
    автоном автор адвокат адрес аж аль альб английс андр африк африкан бабушк базе балет барак бассейн беспоря ближайш
    близк бог бога боев брат будуч вариант вашингт введен ввид вдруг ведомст верну вероятн верс взя видит видов виновн
    включ включаю вниман вовс вода воды вожд возл возраст войск вполн впроч вс всемирн вскор встреча вступи вчер вывод
    выделен высказа высказы высот выставл выходн геро героиче гибе глобаль глубин глубок горе готовно границ дан двум
    де дебютир действо действу деле делегац демонст денежн деньг дети деятел джон длитель дни добави домашн доме доск
    досрочн достиг др евген ей екатери ес желан живущ жизненн зависим завод задержа законод замен замести замети
    заметн запад заплани запрет запреще здоровь знал знан знаю золот зрител иван игор игр играет игры идет избират
    израил имеющ имя инновац иногд исключе исключи испан исполни итал кажет казахст карьер километ класс ключев км2
    кого коллект кольц команди коммуни компани компьют конгрес конец конфере концов корол корпора космиче космона
    космос крест крестья критик кругов крупней кстат куда курс ладн лежит ликвида любл магазин майк масс математ машин
    медицин меропри мертв месяц месяцев метод метр механиз миллиар михаи мкс младш моде мой моря муж музык музыкал
    муницип набра наиболь найт наказан наканун налог налогов нарисов нарушен нато начальн наши небес незакон неизвес
    нелегал нему неожида непосре ниже низк никт норм носител обам обвинен обвиняе обмен образов обращен обстоят
    обсужда обсужде общен объект объявле объясни огон одежд ожидает озер оказало оон операто операц опровер опя орган
    осен останов острово ответ отвеча отлич отправл отставк пакиста палат памят париж первона перевод передач переход
    писа письм пишет планиро побереж повод погиб погибш пода подверг подмоск поездк позволи поздрав показат покину
    покупк полиц полк полномо получае получен польз поля помещен помощни понрави понятн порт порядк посмотр постави
    поставл посуд потенци появила правд правиль преврат предвар предназ предост предупр предусм прежд преимущ прекращ
    приве приведе привлек призва призван призна признан призыва приклад примерн приобре природ присоед прич пришло
    провест прогноз прожива пройдет протяже пус пут путешес пути пяти работаю разгово разреше ранн раньш распола
    рассчит расшире ребят регуляр резк религио речи реша родил родин родстве рожден россиян ру сами свойств сделан
    сделк село сельск сер сердц середин сестр сибир сиде симво символи сист скаж следова см смен сми сможет смыс снача
    снег собрали собран соверша соглаше создате сокраще солнечн сообща сопрово соседн сочи спин список спокойн спорт
    способ способе способн ссылк станут статус стек стоимос страшн структу студент судебн судь сын таки творчес театр
    тебе текущ темпера террори техниче ткан толст тому торжест традици трех турецк убийств уверен угроз удало удаст
    удивите узна украшен уровен успе устройс утр участк учрежде факт фестива фигур фиде физичес фирм фонд фронт хвост
    ходе холодн хот хоть хочу цены церкв церков часа чаще черт четырех читайт чрезвыч чувств шанс швейцар широк
    шотланд экипаж экспери эффекти явлен языков""",
    """absicht accessi accompl accurat ach adds adult adventu afd afrika aftersh ag ahnung aim aktivie aktuali algorit
    alp alter ambitio amt anbiete andrew android anerkan anerken angeht angemes anhand anhang anlas anmeldu annahm
    annual anonym ansonst anstren antrag apart appeara appropr arbeitn asks attorne attract audienc audio auffass
    aufgeho auflag auflosu aufnahm aufnehm auftauc ausgeli ausgewa ausglei auslief ausserh auswert authent bare bars
    basical basiert baum baut bayeris beach beamt bearbei bedroht bedrohu beeindr beendet befurch begegnu begonn
    behalt beheizt bekam belaste belastu beleuch ben benutz benutze bequem berufli besitzt beurtei bewerbu bezugli
    bildsch blickt blogg boot bors branche braun british broadca broth budget bugs bund bundl burn bush butt cabl
    capacit careful carr cat cbs centur chair chicago child chinesi chip classic cloth compil complai confus context
    corn council cpu crimina crisi cros crucial customi dangero dauerha dauern deck dedicat defeat defekt degre demo
    denkt derart descrip desk desto destroy detect dialog dick died diet diseas distric dock doctor dominan dominat
    doubt doz dramati drauss drittel drohn duft dunkl dynamic dynamik east eigentu einbau eingeha eingele einhalt
    einrich einstie eintrag emerg empfind endgult enforce engag engagie engine enter entfalt entgeg entgege erarbei
    erfahre erfahrt erfasst erfull ergeb ermorde eroffne erricht erschwe erstaun ersten erwartu erzahl erzielt escap
    etlich europea everywh examin exercis existie experti explizi extract fals fan fass fbi fc fdp feierta felix fell
    fenst festgel festleg fiel fing fisch flachen flasch flexibl floor florida flucht flughaf flussig folk forecas
    forum framewo freedom fremd french freundi freunds friedli fruhl frustra fuhrend fuss fussbal galt gas gebaude
    gebaut gefangn gefeier gegang gegense gegente gekauft gelangt gelb gelernt geliefe gemeint ger geringe german
    gesamtb geschei geschle geschut geschwi gespann gespeic gesproc gestern getrag getrank gezog gift gipfel github
    gleichs gop gov grab grafik greift grob grub grunder grundle guarant guest gultig guy guys haf haltung hang hate
    hauptsa heav height heizung helmut herange herausz hergest hervorg heutzut hidd hielt hilfrei hinterh hinterl
    hochsch hochste holida holt honest hurd ignorie incom inflati inhab inhaltl injur inspiri intel interac interak ip
    iranisc isbn islamis japan japanis jen joe jugend kaffe ki kick kids klassik kleinst klimasc kohl kommerz konsum
    kontine kontinu koordin korrekt krank kredit krimina kulture kunstl kunstle kurzem kurzfri lab label lack landsch
    lautet lawy leaders leak lebensl leck lecker legend lesson letztli licens liebevo liebt lief liefert lini literal
    lohn losch luck magazin mangel manipul manual manufac map markier masssta mast mattres meal medium merg mid
    mineral mischun mog momenta moth motion motto movi mund mut mutmass na nachmit nachtei nachwuc nasa negotia neubau
    niederg norm notific numm obama objekt obtain obvious oftmal oil ok okay okologi olympia opposit optimal optimie
    optimis optisch ordnung orte overcas paint papi passion paus payment pc pdf peac peak permiss persist phanom
    physica pic piraten planet platt plent pol poll poor pop presses prior privac prognos promine proof prop proposa
    prufung publiku puts quasi quot rac rand rank reactio rechtfe rechtsa rechtss rechtze recip recover reflekt
    regulat reichst remot rep repair repeate reprase reserv restric retail rethink revenu rezept richard rief ris
    risik ritual riv rose ruckkeh rucksch ruckzug rumor russian russisc safari safet sale sand sanieru sanktio sass
    sat schatzt schein scheite schicht schimme schne schwerp scor seattl secret sexual sexuell shortcu shot shouldn
    sid siri sitt sky smartph smooth soforti soft softcov solidar sonn soweit spani spazier spec spieler spontan
    sportli spread sprung squar ssd stabili stammt steck steiger stellun steph stetig steuern stiftun stimmun stirn
    stoff strang streng studien studio studium stuttga supp suss sustain symbol sync tags telekom teur themati throw
    thus tiny tips tom tonn tote tough traf transpa tret trink tru truth tschech twic uberarb ubergan ubernah ubernim
    ubernom uberset ubersic ubung ufer ukrain ulrich umfang umgekeh ums umzuset uni unlik unmitte unmogli untergr
    ursach urteil utilit var vast verbirg verdach verdopp verknup verkund verordn verring versand verspre verstos
    verweig verzwei viertel visual vollkom volum voran vorau vorausg vorbild vorfeld vorn vorstan vote wachsen wahlkam
    wahrhei wahrung walt wartet wartung weiblic weihnac wellnes werdet werf werksta widerst wife wiki william wins
    wirk wofur wonderf wunders yahoo zart zeichne zeil zimm zitat zitiert zog zuberei zuge zugelas zurucks zustimm
    zwingen zwolf""",
    """abb abgeb abgeleh abgeste ablehnu abnehm abonnie absatz absetz absolvi abstimm abteilu abwesen abzusch accesso
    adjust afrikan agenda agentur aggress akt aktivis alkohol alltagl alongsi amateur analyti anbau andernf angefan
    angegeb angegri angehor angerei angeset angetri angewan angreif ankundi anlassl anleg anleitu anlieg anstehe
    ansteig anstieg answer antik antisem anwalt anzusch anzuseh anzuste appeal appetit appli arena arms arra atm
    attenta aufgefo aufgeno aufgetr aufgeze aufkomm aufrech aufrich aufruf aufstei aufstel auftret auftrit aufwend
    aufzeic aufzeig ausfall ausflug ausgeh ausgelo ausgeri ausgese ausgetr ausgeze auskunf auslos ausmach ausrust
    aussenb aussens ausseru aussieh austria auswart auszeic auszeit automob awar awesom baby bahnhof ban bann barack
    barri barrier bat bauch bay beabsic bear beck bedauer bedienu bedurfn beeintr beend befand befrei befreit behinde
    beigetr beliebi belong bemerke bemerkt benannt benchma bereits bern bernd besatzu beschad beschei beschlo beschlu
    beseiti besetzt besten bet beton betrag betret beut bevorst bewalti bewerb bewerte bezahl bezahlu bezieh bezieht
    bildern bio bischof bitcoin blank blas blinken blood bob bomb bowl brasili braunsc breath brem bricht bridg brown
    brud bruttoi bug buhn bulgari bundesg bundesm bundess bundni burgerl burgerm buro burokra bus capabil cash cc
    chairma chapt chart chemisc chines christ christl citizen close cnbc co2 cod cold colleag commit compari compati
    compone compreh compute conclud conclus consequ conspir conveni convinc cop coronav counter craft craz cream crim
    cup curiou cutt daheim dahin dam damalig dame danc dankbar dargest daught dave davor debatt deinem delay dements
    denjeni denkmal denni deplo depress deput derselb detaill detecti di dimensi disabl disappo discoun disk diskur
    disrupt diszipl dog doppelt dorf dorthin dortmun dpa drastis dreh drew drink drug dusch dusseld dutzend dynamis
    echtzei edge eero eh ehe ehemann eigensc eign einbind eindeut eingela eingelo eingeri eingetr eingrif einladu
    einmali einreis einspar eintrit einwand einwohn einzel einzelf elit emergen emissio empfieh emphasi encod encrypt
    energet enge enhanc enterpr entfall entzieh epidemi equal equipme equival erd erdruck erfindu erfolgl erfrisc
    erfullu ergab erganzu ergreif erhohun erlaub ermutig ernstha eroffnu erstatt erstrec erwerb erwerbs erzeug erzeugt
    eskalat eskalie ethisch eva evaluat evoluti evolv except execut expansi experte exzelle fahrrad fallig fascina
    fashion fastest fault favouri feet feiert fein feminis fertigu festgeh festgen fieb filt finanz finanzm fitness
    flag flagg flash flat fleisch flexibe flexibi flieg fliess fliesst float flug flus foot formuli fortset fossil
    foundat fourth fram freilic freizei fuel fugt furcht gabe gang ganzlic garanti gastgeb gather geausse gebet
    geblieb gebot gebund gedanke gedauer gedenkt gedreht gefasst geferti gefolgt gefreut gefuhlt gehabt gehande
    geheimd geheimn geistig geknupf gelass gelosch gelung gelunge gemelde gemisch generie genial genr genus geoffne
    gepragt gesamtw gesetze gesiche gesorgt gesperr gestieg gestort geteilt gewachs gewahlt gewann gewerks gewerte
    gewinnt geworde gezwung ggf gillesp gleichb gleiche gleichw globali gnu grant grau greet greif grossem grundet
    grundli grundre grundst grundve gutacht haar hadn halbjah hallo handsch hasn hass hauf haufigs hauptsi hauptst
    hauptve hausbes heat heilig heiz hektar hell hello herausr herauss herbeig herself hervor hess hessisc heu hierbei
    hierzul himmel hindern hir hitz hof holocau holz hom homepag horizon horn horst hov html humanit hunt ice icloud
    icon identit ideolog ignor illegal imagin impfsto impfung implica inclusi inde index indi indian indirek infekti
    infizie inform ingenie ingredi inlandi inmitt insel insert insight inspect inszeni intenti ipod iso isolier
    italien jack jagd jahrela jahresz jason jemal jenseit jetzig jim joint jon jorg jud jury kampft kandida kannt
    kanton kapazit kapitel kaputt karlsru kartoff kassier katastr katz kehrt keinesf keinesw kenntni kevin kid kiefel
    kilo kinderg king kipp klamott kleiner klickt klimawa kohlens kollegi kombini komisch kommiss kompliz kondens
    konditi konfron korrupt kosmeti kostbar kostene kostenf krei krieger kriegss kriegsv kron krypto kuhl kuhlsch
    kuliss kummern kundgeb kurs kurzer kuschel labor lacheln landet landkre landtag landwir langem laws lawsuit leagu
    lebendi lebensd lebense lebensw lee leer leitet letzten leverag liberal liefera lieferu liegend liess liest linod
    linux lisa lockdow logic logo ludwig lustig luxembu machtig madch mannlic maps marc mario massag materi matthew
    mauric maximum meanwhi medial medienk medscap menschh merk merkt metern micro migrati miliz minderh mine mio misch
    missbra mistak mitbrin mithilf mitmach mittela mitteln mittels mitunt ml mobilfu mochtes montier motiv motorra
    movemen mull museum nachgel nachges nachvol nahezu nass natursc navigat nazi nbc nearb nebenwi neuest newslet nick
    niemal nix nominat nor northam norther norweg notfall nov nrw nutzbar nutzern nyc observ occurr ocean odd offnung
    offshor ohr olympis optimiz ortlich outlin output overnig palesti panoram pauscha peer pek pension persone pferd
    pflanze phil photovo pleasan pledg pool prag premium preview privats prof profi propaga pros prosecu protoco proud
    provisi psychol pure putz quadrat quartal quer rad radfahr radikal ralph random rapid rasant raucher realist
    rechtsp redakte reddit reg regist registe reichwe reist reit rekruti renommi reparie reporte require restrik
    resulti resum rettung reut ride ridicul riesig ring romanti royal rtl ruckgan rule rustung ryan sachs sammeln
    sammelt sampl sanft satelli sauna scenari schatz schausp schem schi schiess schlaf schlagw schlos schmidt schonhe
    schonst schuld schulde schuler schulte schutzt schweig schwein screens scroll segment seitlic selbste seminar sen
    sentenc service servier sets settl sex sexy sg shak sharp sheet shin ship shirt shock shoot shut sichert sichtwe
    simon simplif simulat sinkt skandal sleep smell sog solid sondera sonnens sonstig sophia sowieso spark specif
    spenden spezifi spiritu split spr spring spurbar spurt staatsa staatsp staffel starkem starkst starkun startup
    stehend steil stephan stepp steuert stieg stillst stimmt stood stort stosst strafve strahle streb stres strich
    strict strip sturm sub substan suck suffer sun superma suppl surve surviv sweet symptom szenari tagesze taktik tap
    tasch tast tauch taylor techcru teilhab terrass terrifi terror terrora theolog thoroug threate thuring tied tip
    toleran topf tor trail trainer trainie transac transf transkr trau treatme treibst trenn trennun trock trug tsv
    tue turkei uberfal uberflu uberfor uberhol uberlas ubermit uberrag ubersta ubertri uberwei ui umbau umfrag umgegan
    umgehen umsatz umsetz ungarn ungewoh unglaub unkompl unlimit unlock unnotig unregel unsiche unsicht unterge
    unterli unterri unusual unveil unvolls unzahli upcom ups urban urg vary veralte veranke verbaut verdeut verfall
    vergeb verglic verhaft verhang verkurz verleih verlief vermark vermisc vermoge vermut vernetz vernunf verpack
    versetz verspri verstar verstor vertrei vertrie verurte verwirk verwohn verwund viru vogel volkswi voneina vorab
    vorbeha vorderg vorfall vorgele vorgeno vorhab vorheri vorhers vornehm vorrang vorschr vorsorg vulnera wag wagn
    wahrgen wand warf warmepu wasserk weak weird weiterb weltkri weltmar weltmei wen wendet wenigst werb werkzeu
    western westfal westlic wheel whenev whom wiedera wiederg wikilea wilhelm willkom willst winterl wireles witness
    wodurch wohlfuh wohnt womogli wond wonder woran wors wozu wurttem xml yoga zeitlic zeitwei zentime zertifi zivil
    zoll zuck zueinan zufall zugangl zugig zugreif zulassi zurzeit zusag zwang zweiten""",
    """abroad acceler accommo accusat acknowl acquisi activat active activis adam admitt adorabl advocat afforda african
    aggrega alarm align allegat anniver anticip anybod apartme apfs apis apply appoint approva army arrival asid
    assault assessm assist atom atp2018 atp30 attribu awkward backbla beaut bed beij bernard bilingu bind bird blam
    blow bonu born borrow boston bound boy brad brain breakth brent bright busy cach canadia canc carbon carolin cast
    caught cd certifi chat childho christm chrom church climb clinton clip clock clust coaliti coat collaps columbi
    column commitm comp compet contemp contras controv coopera coordin corrupt crack craig creator crew critic cross
    cycl damn deadlin dear decreas defend deliber delicio dems depende depth desir destruc devasta diction dig dinn
    dirt disagre disappe disast discov dish distinc diversi dozen dres dress dry dust easiest ecosyst elsewhe employ
    empt encount enron enthusi entit estat everybo exceed excus exit explana expres fake favor fellow femal fish fits
    fm ford fork fractio fronti func funn gb gear gen geniu girlfri glad glass glob gmail god gotta graduat graph greg
    grew grocer grown guard guilt hair hama harri headlin heavi hey hi hide hitt hole homepod hook hub hurt inbox
    indoor inquir insist inspira insuran intuiti involve iraq isolat ita jami japanes javascr jeffers jet johnson josh
    joy juror kalanic kati keynot kim kit kitch knock korea laid landsca latt laura lawmak lean legac lifetim lift
    lightn limitat log logg loop loos lt lunch macs male mapp margin marshal marylan massach math mb measure meat
    merchan metal metric miami michiga milk mill minimum minor minorit modif modifi modul mount ms murd narrow neck
    neith netflix nintend nobod nois northwe notion nowher numerou ny observa occur oct omni orchard outbrea outcom
    outdoor outlet outstan overwhe owns pain panel passeng patent patrick pencil penn pennsyl phras pipelin pizza
    plastic pocket portion pos postpon prais pray prefere preferr preserv primari princ privile priz prob procedu
    proper prospec protein pt pursu python quiet radar radical rain ram rear recall regardl reject reliabl remark
    reposit resolut resolv resort restor retina retirem revers revis revisit rhetori rick rog roundup row ruby sam
    scan scann scrutin sean seeming sees senator sensiti sequenc shadow shareho shell shopp silenc silicon sing sist
    skin skip slic smok snow solar somehow somewha sophist sought soul souther specula speed spin spirit spokesp
    spotlig stabl stack stak stanc static ston stretch struck struct stumbl stunn submit subsequ sudden suffici sugar
    suitcas supervi supplem suprem surger surroun suspici syntax tab tablet tale talent templat tens tesla theat
    therefo thick thread tie tight timelin tomorro tonight tony tow trac transla travi tree trekz tremend trigg troop
    tweak typepad typogra unabl uncerta unchang underne unexpec unneces upload usag vacatio valuabl variati ventur
    violat visibl vision vm wake warrant weigh withdra worldwi worri worst wrap wrapp xcod""",
    """abus access ads advance affilia afterwa aged aims airlin airpod alexa alleged allocat ambassa analyz ank anthon
    anymor append archiv arrang artific aspect assemb assess asset assumpt astrona audibl automot avenu awarene awful
    bab backwar bak batch bbc beef beer berman besid bias binar birth birthda blast blown bond boom boss bounc boys
    brazil brett brillia bryan bump byt cancel cancell carry cart catastr caution ceremon charit charlot chas chemica
    chunk clash classif clipboa colour compara concert confron consens contrad courtho crop cruis curb currenc curv
    dad davi dc debt dec decent def depart deploy deploym deserv destin dev diar dismiss dispatc displac doc dodg
    donat downtow drag drama dropbox drov dump duplica duty ease editori elegant elizabe embedd enormou eras essa
    everyda excerpt exclud explici exposur extraor fairfax famil fat fee fees fetch fiction filter fitnes flavor flaw
    fool forev fundrai gadget galax galler garag gat georgia glanc golf goo gorgeou grabb greates grey grid guberna
    hail harm hits holiday hollywo househo hurrica husband inevita infecti int inventi invisib iraqi iron iterati jail
    jamf jan jeff judgmen kel ken lane larr laugh loan longtim loud lowest lucki luxur macinto macro mainstr mandat
    mary meaning medicin migrat mom moon mous murph muslim mutual narrati nas nasdaq nationw netherl newspap node
    notab noticea nutriti offlin offset op optiona organic orient ourselv oust outlook overvie pac pace painful palm
    panic parliam partial passwor pcs philade pie plain playgro plex popp portabl pose possess pound prelimi profoun
    prohibi promot provok ps purpl quarter racial radiati raw ray rd react reasona recruit reducti refresh regret rela
    relief rely renam resigna restart retenti retrosp rice robust rocket rol russell salt scandal scar schill scratch
    seal seed semi sensor sept serious serpent shelf showcas sidebar sierra sight silv siracus soil sony spacecr spam
    spanish spic spokesm ssh steal stol substit suff surf surg surveil swept tackl tank tape taskpap tear ted telegra
    tension terribl texa textur theatr thompso thrill thrown thunder timoth tone tpm travell treasur tuck twent ue
    underwa upp urgent van verdict vertica veteran violati violenc visitor vital volunte wast wav wealth weapon wedd
    wing wise wood yellow""",
    """aaron absenc academ accepta accurac adjustm admin admit adob adoptio aesthet afford airport aka alcohol alex aliv
    amd anchor angl angr animati annotat annoy anonymo anxiet anytim aol apologi applesc ar arguab aros arrange asian
    ass assignm astonis attachm attenda attende auditor autumn bacteri bag bags bang baselin basket beast behalf behav
    belief bell bend bike bits blind bloom boil bold bor brac breakdo britain brook bubbl bucket bulk bureau burst
    butterf calif calm campu capabl carpla cats caveat chamb cheapes chees chick chocola chuck circl circuit circula
    circums citiz civilia clarif clev cliff clinica coh coin collid comic compell complem composi compris condemn
    confusi conscio consol consoli contest copi copyrig cpa crust cups curt cute cuts dalla dash dashboa debra debug
    decorat defenda delegat delight demogra deposit destro dilemma din dipp disadva discont discour disord distant
    dive divid divisiv dns doj domesti doug downpla downsid drain dual dubb dubiou duo eag eastern edg edward egg eggs
    elder eligibl emoji endors enem enforc england epic eric evacuat evan exces exhaust exhibit explora fabric famou
    farm fed festiva fifth finaliz firefox fist fleet flew flood footag forgot formal formula forstal fortun fought
    fragmen ft fuck furnitu gay gcp gdp gem generic genetic gist git gl glimps gonna govern gradual gratefu greenho
    guideli guitar gulf harr harsh helicop henc heritag hike hoc hodl homelab honor horribl hostag houston hugh humor
    hundr hybrid ignoran illinoi immigra incompe inconve incorpo incorre incumbe indones infinit intelle intrusi invad
    invasio ireland ish iterat itun jacket jackson java jazeera jeffre jenn jennif jinp jo johnn jr justif kernel
    kidnapp kingdom korean laborat labour lady latenc lattn layout leath lectur lego lens linda lineup liquid logical
    logs louisia luca lung macstor mall maratho mcdonal members microph midnigh minneso miramar mirror missil mississ
    mitchel mixtur mood mouth mozilla musicia myster nak nast neat nerd nest neverth newest niall nichola nightma nil
    nod nomine nonprof nuclear nurs nuts nvidia obamaca obstacl ohio oliv olympic onion opt orchest outrage oval
    overcom paramet patch payload penalt pentago pepp phas physici pi pinch pink pip pitch pixel plot plug png pois
    polluta portfol pot pr precisi premis prescri private proceed profita pron prototy publici pump qi rabbit racist
    rack rail ral raspber ratio rebound recepti recipie reconci redirec ref refuge reinfor remaind remarka removal
    renew rent repeal repetit repo rescu resign reus ribbon rip robotic ron ros routin rubb salad samsung sandwic sang
    sarah satisf sauc scop screw seamles settlem shad sharon shed shelv sho shor sick signatu silent simples simulta
    sink slew snack snapsho sneak soldi sole somebod sono sorr spain spoil spotif sprint stateho stress study subtl
    suburba sudd sum sunn superb suppli surpass susan suspens sweat sweep swimm swin swis switzer sydne syndica tapp
    taught tea teas teen testimo thankfu therap thinn thriv ties todd tomato topp tourism trigger trought truck tune
    tutoria tvos twin ukraini uncomfo underly unfold uniform unknown unnam upset usabl utiliz utter vegetab versu
    violent vms void wal wang wars wherea whilst wick wid widespr width wifi wilson woes woo wordpre workfor workloa
    worksho worry xi yield""",
    """aboard absorb abstrac accordi actres acts ages alik alonzo alot aluminu anderso andy aris arizona asia assign
    astrono athlet atp17 atpbund bandwid basebal bash bathroo bean begun belt beneath berr bi blanket blend boast boat
    boms bool bragg breakfa breast briber brit btw buri bust buzzfe cabin caldwel cambrid cameron canva celebri
    cellula charli charm chatt chest chronic civic closur cmyk coal coincid compens concess config constra cortex
    costum cousin crav creep crush cryptoc css cuba cues dakota dataset debian debugg decisiv defenc dell depreca
    despera devot df dip disc discard distrac donor dot drawn drill drum ears educat eighth embarra embass endur
    equalit equatio espn evil exempt expir extent feat ffdtlb3 fiscal fitt flour forest former forth franci fraud
    freez gaps garden gaza glue gonzale graham grain grandfa grandpa gray grip guidanc gun hackett hannit hash headqua
    henders hierarc hik hillar hire hodlexc hodlhod holy homekit horrifi howard humbl hung hurdl ibm ifixit implici
    indiana indictm infect inheren init interco interru interva intimat islamop ive jacob jerem joyc judd jude jufa
    julian jun justin kidd kilmead lake lawrenc layoff leaf legs lewi lg lightwe logisti lower ly lyin macrumo maggi
    magical magnitu makeup manhatt markoff mason md meetup melt memo menende meta metadat mile mlb mm modest mold
    molekul moral multita nanc natasha nevada newark noon notch noteboo numeric obsessi oldest oled operato opponen
    ours overhea overrid palac pale paradig passcod patel pdfs pelosi perceiv percept periphe phillip photosh pin pipe
    pirat placeme planeta playboo plea potato preciou precise prejudi prep presuma promo provoca purifi putin qualif
    raid reboot reed refacto refut reil reliev remote reputat req reward rhythm rob rows runtim rural rust rxbar saf
    scholar schum scoop scottbo scream sd sebasti sentime seventh sever severe shortag silk simmon singapo sits
    skeptic ski skipp slamm slat sleev slot smallta snap snell someda soup spars spik spott sql statewi steep stem
    stir stupid stylu succe succeed sudo sued summit suspend synchro takeov teenag telepho tempt testnet theft thresho
    threw tick tiktok tokyo touchsc toxic toyota transpl tripl trivial tropica tsai ubiquit ubuntu ucgujeo undermi
    unemplo unify unoffic unrelat valenti valid validat valuati vari verif versa vibrant volatil vow wallet warb
    watcho weaken weblog wet widget wildlif wire wore workspa x86 xr xs yanke yeah zamncn""",
    """achieve adher admir afghani aircraf airpla allerg alphabe amazing ambulan anandte ancient andr ann arbitra array
    ars arthur assembl assert asses ate atop atp100 backpac bagel baghdad bail barrel beam belgium benjami beverag
    bewar billboa blu bmw bolst bolt boolean bother bots boutiqu bracket breach breakup brookly brutal buck buys cak
    callbac cand candid canon canyon capitol caps captain captiv carb carl castl castro cater center cheat chemist
    chen chew chung clair clark classro claus cleric clums cmd coastal cocktai colorad combo comebac comed compact
    compel compila complim compres computa confess contrar counsel courag crap crystal culmina cur curator curtcli
    cylind dair dare debri delv departu depict dept desert det dian diego differ diligen diminis disappr discrim disne
    dissemi dissolv disting ditch docs dongl dp drastic dron duratio dut dyin eagl eas eats ebook elevat elli emitt
    ena enum equipp erin evasion evident exert expens faith fanc fanfar fax feasibl federat fertili feud fib firmwar
    flagshi flip flopp foam footste forb forgott fortuna frenz fri friends frost fruit further fusion futuris garriso
    gate geekben gend gestur gizmodo glenn gloriou goodby governa gpus grasp greek guerril guess hampshi harp hassan
    hdmi healthc healthi heath heel hesitan hesitat highwa honour hotspot hp huffing hungr hz ian ikea ill imager
    imessag imho imor imperia implant ing ingeniu inherit inlin integ interim intrigu invent invento invitat invok
    iowa irish isaac islamic jenkin jerr jimm joke joseph js jupit justifi kamala kara katrina keyword knif kyle lan
    landmar latin lazy leas leica leonard levy lifesty likelih linear lis lit livelih ls luggag lyric machine mailrou
    manches manton mapl marcu marri marvel meantim mega megabyt mercur metabol metapho metropo mindset minimal minneap
    mint missour mist mobilit mobiliz mojav molecul momentu muell myke mysteri nail nashvil nba neal neil nfl nic nina
    nj nook norwa nose nostalg nyt obsess odds odysse offend omnigro omniout oncolog opml orang oregon oscar otolary
    ought ounc outag outrag overboa overse oversea owen pad padd pakista palett palo pane panzari paragra partisa
    passiv passpor patholo pearl pen perling pharmac piano pickup pilot pins pitt plead plung poetic pond porsch pott
    precaut precipi predece predica preord prepare proxmox pub punish quarant queu racism randall rant reactiv realm
    recharg recursi redesig reel reelect refrain refund regener reitera relentl relocat rene renown rental reopen
    repli reprodu reset resist retain reusabl revelat ripp river5 roadblo roast robinso roof rosemar ross ruin rush
    sadr safegua sake satisfi satisfy sax scam scout scrambl scrap sdk searcha sec secrec secure semanti serenit
    seriali shall sham shannon sheila shield shrink shrunk sicken simplic sixth skinn slant slash slimm slop slowdow
    smack soar southwe span spectac spectru spreads stall starr steadi steer stephen stirr strain strikin stroll
    suicid summari summon sums surgica surviva swap swed swish sys tabs taco taiwan tall tame taps tattoo taxatio
    telecom telesco thaw thermal throttl tig tir tons tops toronto toys tradeof transfe traumat tre turnaro tvs ugly
    ultra unclear uncompl undefin undergo undersc unique unsurpr unthrot unwind upsid usr vacuum vanilla vanish vegan
    verizon vi vietnam vincent vintag viral virgin visuali vitamin vladimi vmwar volkswa voltag vr waffl waterwa wayn
    webb webkit weightl whatsap wherev wholesa wildfir wine winfre witnes wizard woke workpla wrangl yell youth
    zealand zip""",
)
