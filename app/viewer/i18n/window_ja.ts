<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
 <context>
  <name>AddressPage</name>
  <message>
   <source>Address of the stream</source>
   <translation>ストリームのアドレス</translation>
  </message>
  <message>
   <source>An http, rtsp, rtmp, tcp or udp address</source>
   <translation>http、rtsp、rtmp、tcp、udp のアドレス</translation>
  </message>
  <message>
   <source>&amp;Use</source>
   <translation>使用(&amp;U)</translation>
  </message>
  <message>
   <source>Take this address as the source</source>
   <translation>このアドレスをソースにします</translation>
  </message>
  <message>
   <source>Network cameras and phones: http, rtsp, rtmp, tcp or udp.</source>
   <translation>ネットワークカメラやスマートフォン: http、rtsp、rtmp、tcp、udp</translation>
  </message>
 </context>
 <context>
  <name>BoardDialog</name>
  <message>
   <source>Calibration board</source>
   <translation>キャリブレーションボード</translation>
  </message>
  <message>
   <source> mm</source>
   <translation> mm</translation>
  </message>
  <message>
   <source>Length of the line under the board, by a ruler</source>
   <translation>ボードの下の線を定規で測った長さ</translation>
  </message>
  <message>
   <source>Screen</source>
   <translation>画面</translation>
  </message>
  <message>
   <source>Screen on which the board is shown</source>
   <translation>ボードを表示する画面</translation>
  </message>
  <message>
   <source>Screen {number}: {name}</source>
   <translation>画面 {number}: {name}</translation>
  </message>
  <message>
   <source>&amp;Length of the line above, by a ruler</source>
   <translation>上の線を定規で測った長さ(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Use this size</source>
   <translation>このサイズを使用(&amp;U)</translation>
  </message>
  <message>
   <source>&amp;Close</source>
   <translation>閉じる(&amp;C)</translation>
  </message>
 </context>
 <context>
  <name>CalibrationGuide</name>
  <message>
   <source>hold the board so that the camera sees all of it</source>
   <translation>ボード全体がカメラに映るように持ってください</translation>
  </message>
  <message>
   <source>tilt the board: its left side away from the camera</source>
   <translation>ボードの左側をカメラから遠ざけて傾けてください</translation>
  </message>
  <message>
   <source>tilt the board: its right side away from the camera</source>
   <translation>ボードの右側をカメラから遠ざけて傾けてください</translation>
  </message>
  <message>
   <source>tilt the board: its top side away from the camera</source>
   <translation>ボードの上側をカメラから遠ざけて傾けてください</translation>
  </message>
  <message>
   <source>tilt the board: its bottom side away from the camera</source>
   <translation>ボードの下側をカメラから遠ざけて傾けてください</translation>
  </message>
  <message>
   <source>move the board to the top left of the picture</source>
   <translation>ボードを映像の左上へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the top of the picture</source>
   <translation>ボードを映像の上へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the top right of the picture</source>
   <translation>ボードを映像の右上へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the left of the picture</source>
   <translation>ボードを映像の左へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the right of the picture</source>
   <translation>ボードを映像の右へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the bottom left of the picture</source>
   <translation>ボードを映像の左下へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the bottom of the picture</source>
   <translation>ボードを映像の下へ動かしてください</translation>
  </message>
  <message>
   <source>move the board to the bottom right of the picture</source>
   <translation>ボードを映像の右下へ動かしてください</translation>
  </message>
  <message>
   <source>that is enough; hold still or press stop</source>
   <translation>十分です。動かずに待つか、停止を押してください</translation>
  </message>
 </context>
 <context>
  <name>CalibrationOptions</name>
  <message>
   <source> cm</source>
   <translation> cm</translation>
  </message>
  <message>
   <source>not said</source>
   <translation>未設定</translation>
  </message>
  <message>
   <source>Makes all sizes exact; without it they are known to about 6 %</source>
   <translation>すべての寸法が正確になります。未設定では約 6 % の誤差があります</translation>
  </message>
  <message>
   <source>&amp;Beep at each cue</source>
   <translation>合図ごとに音を鳴らす(&amp;B)</translation>
  </message>
  <message>
   <source>Spoken with this system's own voice</source>
   <translation>このシステムの音声で読み上げます</translation>
  </message>
  <message>
   <source>No speech command is installed (spd-say on Linux)</source>
   <translation>読み上げコマンドがありません（Linux では spd-say）</translation>
  </message>
  <message>
   <source>A window of its own, to be read from across the room</source>
   <translation>部屋の反対側からでも読める、専用のウィンドウ</translation>
  </message>
  <message>
   <source>Show cues in large &amp;words</source>
   <translation>合図を大きな文字で表示(&amp;W)</translation>
  </message>
  <message>
   <source>Performer</source>
   <translation>演者</translation>
  </message>
  <message>
   <source>Board</source>
   <translation>ボード</translation>
  </message>
  <message>
   <source>&amp;PDF …</source>
   <translation>PDF(&amp;P)…</translation>
  </message>
  <message>
   <source>Write a PDF to print at 100 %, and glue it to something flat</source>
   <translation>PDF を保存します。100 % で印刷し、平らなものに貼ってください</translation>
  </message>
  <message>
   <source>O&amp;n screen …</source>
   <translation>画面に表示(&amp;N)…</translation>
  </message>
  <message>
   <source>Show the board on a whole screen, in place of paper</source>
   <translation>紙の代わりに、ボードを画面いっぱいに表示します</translation>
  </message>
  <message>
   <source>The size of its squares matters for the floor only.</source>
   <translation>マス目のサイズは床の測定用です。</translation>
  </message>
  <message>
   <source>Sp&amp;eak the cues</source>
   <translation>合図を読み上げる(&amp;E)</translation>
  </message>
  <message>
   <source>Your heigh&amp;t</source>
   <translation>身長(&amp;T)</translation>
  </message>
 </context>
 <context>
  <name>CalibrationPanel</name>
  <message>
   <source>&amp;Undo the last change</source>
   <translation>直前の変更を元に戻す(&amp;U)</translation>
  </message>
  <message>
   <source>Take the last change of this profile back, or bring it again</source>
   <translation>このプロファイルの直前の変更を元に戻す、またはやり直します</translation>
  </message>
  <message>
   <source>&amp;1  Camera</source>
   <translation>&amp;1  カメラ</translation>
  </message>
  <message>
   <source>Not measured. How wide the camera sees: hold a board before it, and move it about.</source>
   <translation>未測定です。カメラの画角: ボードをカメラの前に掲げて動かします。</translation>
  </message>
  <message>
   <source>&amp;2  Floor</source>
   <translation>&amp;2  床</translation>
  </message>
  <message>
   <source>Not measured. Where the floor is, and how the camera is tilted: put it where it stays.</source>
   <translation>未測定です。床の位置とカメラの傾き: カメラは使う位置に置いてください。</translation>
  </message>
  <message>
   <source>&amp;3  Performer</source>
   <translation>&amp;3  演者</translation>
  </message>
  <message>
   <source>Not measured. Your height, limbs, face and hands: stand in view from head to foot.</source>
   <translation>未測定です。身長・手足・顔・手: 頭から足まで映るように立ちます。</translation>
  </message>
  <message>
   <source>Begin; nothing is kept unless it succeeds</source>
   <translation>開始します。成功するまで何も保存されません</translation>
  </message>
  <message>
   <source>Measure</source>
   <translation>測定</translation>
  </message>
  <message>
   <source>&amp;Guess …</source>
   <translation>推定(&amp;G)…</translation>
  </message>
  <message>
   <source>Without a board, to about 10 %</source>
   <translation>ボードなしで推定します（誤差 約 10 %）</translation>
  </message>
  <message>
   <source>What tells the floor</source>
   <translation>床の測り方</translation>
  </message>
  <message>
   <source>you walk</source>
   <translation>歩く</translation>
  </message>
  <message>
   <source>board on it</source>
   <translation>床に置いたボード</translation>
  </message>
  <message>
   <source>Where the pictures for the measurement come from</source>
   <translation>測定に使う映像の取得元</translation>
  </message>
  <message>
   <source>Choose a camera under Source, or a recorded clip here.</source>
   <translation>「ソース」でカメラを選ぶか、ここで収録済みの映像を選んでください。</translation>
  </message>
  <message>
   <source>Measure fro&amp;m</source>
   <translation>測定元(&amp;M)</translation>
  </message>
  <message>
   <source>Cancelled; nothing was changed.</source>
   <translation>キャンセルしました。変更はありません。</translation>
  </message>
  <message>
   <source>No profile is in use. What you measure goes to “{name}”.</source>
   <translation>プロファイルは未使用です。測定結果は「{name}」に保存されます。</translation>
  </message>
  <message>
   <source>Measured with {measured}; the camera is {now}. Lens and floor are not used: measure them, or choose another profile.</source>
   <translation>{measured} で測定しましたが、現在のカメラは {now} です。レンズと床は使われません。測定し直すか、別のプロファイルを選んでください。</translation>
  </message>
  <message>
   <source>no camera chosen</source>
   <translation>カメラ未選択</translation>
  </message>
  <message>
   <source>a recorded clip …</source>
   <translation>収録済みの映像…</translation>
  </message>
  <message>
   <source>Clips ({kinds});;All files (*)</source>
   <translation>映像 ({kinds});;すべてのファイル (*)</translation>
  </message>
  <message>
   <source>A recorded clip</source>
   <translation>収録済みの映像</translation>
  </message>
  <message>
   <source>The profile is as it was before the last change.</source>
   <translation>プロファイルを直前の変更前に戻しました。</translation>
  </message>
  <message>
   <source>“{name}” is in the trash.</source>
   <translation>「{name}」をゴミ箱に移動しました。</translation>
  </message>
  <message>
   <source>There is another profile “{name}” now; rename it first.</source>
   <translation>「{name}」という別のプロファイルがあります。先にその名前を変更してください。</translation>
  </message>
 </context>
 <context>
  <name>CalibrationProgress</name>
  <message>
   <source>Enough: &amp;measure</source>
   <translation>十分なので測定(&amp;M)</translation>
  </message>
  <message>
   <source>Measure with what has been seen so far</source>
   <translation>ここまでに撮れたもので測定します</translation>
  </message>
  <message>
   <source>&amp;Cancel</source>
   <translation>キャンセル(&amp;C)</translation>
  </message>
  <message>
   <source>Give it up; nothing is changed</source>
   <translation>中止します。変更はありません</translation>
  </message>
  <message>
   <source>opening …</source>
   <translation>開いています…</translation>
  </message>
  <message>
   <source>Different views: {count}</source>
   <translation>異なる向き: {count}</translation>
  </message>
  <message>
   <source>reading the clip …</source>
   <translation>映像を読み込んでいます…</translation>
  </message>
  <message>
   <source>cancelling …</source>
   <translation>キャンセルしています…</translation>
  </message>
  <message>
   <source>Seen in pictures: {count}</source>
   <translation>写っている画像: {count}</translation>
  </message>
  <message>
   <source>measuring …</source>
   <translation>測定しています…</translation>
  </message>
  <message>
   <source>The camera was lost. Trying again …</source>
   <translation>カメラとの接続が切れました。再接続しています…</translation>
  </message>
 </context>
 <context>
  <name>CalibrationReason</name>
  <message>
   <source>corners {0} px off, focal length known to {1} %</source>
   <translation>角のずれ {0} px、焦点距離の誤差 {1} %</translation>
  </message>
  <message>
   <source>guessed, known to about {0} %; measure it with a board</source>
   <translation>推定値です（誤差 約 {0} %）。ボードで測定してください</translation>
  </message>
  <message>
   <source>focal length known to {0} % only; tilt the board more</source>
   <translation>焦点距離の誤差が {0} % あります。ボードをもっと傾けてください</translation>
  </message>
  <message>
   <source>corners {0} px off; use a stiff board and hold it still</source>
   <translation>角のずれが {0} px あります。硬いボードを使い、動かさずに持ってください</translation>
  </message>
  <message>
   <source>board seen well, pitch known to {0} degrees</source>
   <translation>ボードがよく見えています。上下の傾きの誤差 {0} 度</translation>
  </message>
  <message>
   <source>height given, all limbs, lean and face measured</source>
   <translation>身長は入力済み。手足、前傾、顔をすべて測定しました</translation>
  </message>
  <message>
   <source>height estimated to {0} %; tell the height</source>
   <translation>身長は推定値です（誤差 {0} %）。身長を入力してください</translation>
  </message>
  <message>
   <source>lean unknown without a floor; measure the floor first</source>
   <translation>床が未測定のため前傾が分かりません。先に床を測定してください</translation>
  </message>
  <message>
   <source>face not seen; come nearer for the face</source>
   <translation>顔が見えません。顔の測定にはカメラに近づいてください</translation>
  </message>
  <message>
   <source>lean not measured; stand straight with straight knees</source>
   <translation>前傾は測定されていません。膝を伸ばしてまっすぐ立ってください</translation>
  </message>
  <message>
   <source>{0} upright pictures, pitch known to {1} degrees</source>
   <translation>直立の画像 {0} 枚、上下の傾きの誤差 {1} 度</translation>
  </message>
  <message>
   <source>pitch known to {0} degrees only; walk towards the camera and back</source>
   <translation>上下の傾きの誤差が {0} 度あります。カメラに向かって歩き、戻ってください</translation>
  </message>
  <message>
   <source>the board is seen mirrored: right if it was its back; otherwise the camera mirrors its pictures: switch that off in its settings and measure again</source>
   <translation>ボードが左右反転して見えます。裏面を見せた場合は問題ありません。そうでなければカメラが映像を反転しています。カメラの設定で反転を切り、測定し直してください</translation>
  </message>
  <message>
   <source>middle of the lens known to {0} px only; turn the board and show it in all corners</source>
   <translation>レンズ中心の誤差が {0} px あります。ボードを回し、画面の四隅すべてに映してください</translation>
  </message>
  <message>
   <source>pitch known to {0} degrees only; use a larger board or bring it nearer</source>
   <translation>上下の傾きの誤差が {0} 度あります。大きいボードを使うか、近づけてください</translation>
  </message>
  <message>
   <source>corners {0} px off; measure the camera first, and lay the board flat</source>
   <translation>角のずれが {0} px あります。先にカメラを測定し、ボードを平らに置いてください</translation>
  </message>
  <message>
   <source>{0} of {1} limbs measured; stand upright, face the camera, arms out</source>
   <translation>手足 {1} か所のうち {0} か所を測定しました。まっすぐ立ってカメラを向き、両腕を広げてください</translation>
  </message>
  <message>
   <source>lean not measured, the floor's pitch is too uncertain; measure the floor with a board or a walk</source>
   <translation>床の傾きが不確かなため、前傾は測定されていません。ボードか歩行で床を測定してください</translation>
  </message>
  <message>
   <source>heights are known to {0} % only; give the height of the person</source>
   <translation>高さの誤差が {0} % あります。演者の身長を入力してください</translation>
  </message>
  <message>
   <source>pitch known to {0} degrees only; walk towards the camera and back, or lay a board on the floor</source>
   <translation>上下の傾きの誤差が {0} 度あります。カメラに向かって歩いて戻るか、床にボードを置いてください</translation>
  </message>
  <message>
   <source>camera height known to {0} % only; walk longer, from far to near, or lay a board on the floor</source>
   <translation>カメラの高さの誤差が {0} % あります。遠くから近くまでもっと長く歩くか、床にボードを置いてください</translation>
  </message>
  <message>
   <source>floor known to {0} mm only; lay a board on the floor</source>
   <translation>床の高さの精度は {0} mm にとどまります。ボードを床に置いてください</translation>
  </message>
  <message>
   <source>lean was measured on the floor before; measure the performer once more</source>
   <translation>傾きは前の床で測ったものです。演者をもう一度測ってください</translation>
  </message>
 </context>
 <context>
  <name>CalibrationResult</name>
  <message>
   <source>&amp;Replace it all the same</source>
   <translation>それでも置き換える(&amp;R)</translation>
  </message>
  <message>
   <source>Use the doubtful measurement; the earlier one can be had back</source>
   <translation>不確かな測定結果を使います。前の結果には戻せます</translation>
  </message>
  <message>
   <source>&amp;OK</source>
   <translation>OK(&amp;O)</translation>
  </message>
  <message>
   <source>Read, and done with</source>
   <translation>確認して閉じます</translation>
  </message>
  <message>
   <source>Doubtful: {reason}. The earlier measurement stays, unless you say otherwise.</source>
   <translation>不確か: {reason}。指定しない限り、前の測定結果を使います。</translation>
  </message>
  <message>
   <source>Before: {facts}.</source>
   <translation>変更前: {facts}。</translation>
  </message>
  <message>
   <source>It is another camera: its floor is forgotten, measure it anew.</source>
   <translation>カメラが変わったため、床の測定は破棄されました。測定し直してください。</translation>
  </message>
  <message>
   <source>The camera is measured, and kept in “{name}”.</source>
   <translation>カメラを測定し、「{name}」に保存しました。</translation>
  </message>
  <message>
   <source>The floor is measured, and kept in “{name}”.</source>
   <translation>床を測定し、「{name}」に保存しました。</translation>
  </message>
  <message>
   <source>The performer is measured, and kept in “{name}”.</source>
   <translation>演者を測定し、「{name}」に保存しました。</translation>
  </message>
  <message>
   <source>Keep the &amp;earlier one</source>
   <translation>前の結果を使う(&amp;E)</translation>
  </message>
 </context>
 <context>
  <name>CameraActions</name>
  <message>
   <source>&amp;Mirror the picture</source>
   <translation>映像を左右反転(&amp;M)</translation>
  </message>
  <message>
   <source>&amp;Landmarks</source>
   <translation>ランドマーク(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Box and number</source>
   <translation>枠と番号(&amp;B)</translation>
  </message>
  <message>
   <source>&amp;Regions of hands and face</source>
   <translation>手と顔の領域(&amp;R)</translation>
  </message>
  <message>
   <source>B&amp;ody over the picture</source>
   <translation>映像に体を重ねる(&amp;O)</translation>
  </message>
  <message>
   <source>&amp;Turn by 90°</source>
   <translation>90° 回転(&amp;T)</translation>
  </message>
  <message>
   <source>Show the picture as in a mirror; what is sent and recorded stays as it is</source>
   <translation>映像を鏡のように表示します。送信・収録する内容は変わりません</translation>
  </message>
  <message>
   <source>Where the networks look for hands and face</source>
   <translation>ネットワークが手と顔を探す範囲</translation>
  </message>
  <message>
   <source>Draw the body over the picture; takes some computing</source>
   <translation>映像に体を重ねて描きます。処理が少し重くなります</translation>
  </message>
  <message>
   <source>&amp;Turn the picture</source>
   <translation>映像を回転(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;{0}° clockwise</source>
   <translation>時計回りに &amp;{0}°</translation>
  </message>
  <message>
   <source>&amp;Not turned</source>
   <translation>回転なし(&amp;N)</translation>
  </message>
  <message>
   <source>Turn the picture clockwise, for a camera on its side</source>
   <translation>横向きに設置したカメラのために、映像を時計回りに回します</translation>
  </message>
  <message>
   <source>The synthetic person cannot be turned</source>
   <translation>描画された人物は回転できません</translation>
  </message>
 </context>
 <context>
  <name>CameraGuessDialog</name>
  <message>
   <source>Guess the camera</source>
   <translation>カメラの推定</translation>
  </message>
  <message>
   <source>By its &amp;kind</source>
   <translation>種類から(&amp;K)</translation>
  </message>
  <message>
   <source>By its field of &amp;view</source>
   <translation>画角から(&amp;V)</translation>
  </message>
  <message>
   <source>By a person at a &amp;distance</source>
   <translation>人物との距離から(&amp;D)</translation>
  </message>
  <message>
   <source>{kind}, {fov:.0f}°</source>
   <translation>{kind}、{fov:.0f}°</translation>
  </message>
  <message>
   <source>built into a laptop</source>
   <translation>ノート PC 内蔵</translation>
  </message>
  <message>
   <source>webcam</source>
   <translation>ウェブカメラ</translation>
  </message>
  <message>
   <source>wide webcam</source>
   <translation>広角ウェブカメラ</translation>
  </message>
  <message>
   <source>phone, back</source>
   <translation>スマートフォン（背面）</translation>
  </message>
  <message>
   <source>phone, front</source>
   <translation>スマートフォン（前面）</translation>
  </message>
  <message>
   <source>action camera</source>
   <translation>アクションカメラ</translation>
  </message>
  <message>
   <source>A guess is good to about 10 %. A board measures the camera to 1 % or better.</source>
   <translation>推定の誤差は約 10 % です。ボードを使えば 1 % 以内で測定できます。</translation>
  </message>
  <message>
   <source>It is a</source>
   <translation>種類</translation>
  </message>
  <message>
   <source>Across the diagonal</source>
   <translation>対角の画角</translation>
  </message>
  <message>
   <source>Height of the person</source>
   <translation>人物の身長</translation>
  </message>
  <message>
   <source>From lens to person</source>
   <translation>レンズから人物まで</translation>
  </message>
  <message>
   <source>&amp;Guess</source>
   <translation>推定(&amp;G)</translation>
  </message>
 </context>
 <context>
  <name>CameraPage</name>
  <message>
   <source>Size, pixel format and rate of the pictures</source>
   <translation>映像のサイズ、画素形式、フレームレート</translation>
  </message>
  <message>
   <source>&amp;Find out what it can</source>
   <translation>対応モードを調べる(&amp;F)</translation>
  </message>
  <message>
   <source>Try the usual sizes and rates; takes some seconds, and the camera for itself</source>
   <translation>一般的なサイズとレートを試します。数秒間、カメラを占有します</translation>
  </message>
  <message>
   <source>C&amp;ancel</source>
   <translation>キャンセル(&amp;A)</translation>
  </message>
  <message>
   <source>End the trying; what was found so far is kept</source>
   <translation>調査を終えます。見つかった分は保存されます</translation>
  </message>
  <message>
   <source>This camera is not connected. Plug it in, and refresh the list.</source>
   <translation>このカメラは接続されていません。接続して、一覧を更新してください。</translation>
  </message>
  <message>
   <source>This system does not tell what the camera offers; it takes the nearest it has.</source>
   <translation>このシステムではカメラの対応モードが分かりません。最も近いモードが使われます。</translation>
  </message>
  <message>
   <source>The camera does not list this mode; it takes the nearest it has.</source>
   <translation>このモードはカメラの一覧にありません。最も近いモードが使われます。</translation>
  </message>
  <message>
   <source>{size} {fps:g} fps {format}</source>
   <translation>{size} {fps:g} fps {format}</translation>
  </message>
  <message>
   <source>{size} {fps:g} fps</source>
   <translation>{size} {fps:g} fps</translation>
  </message>
  <message>
   <source>M&amp;ode</source>
   <translation>モード(&amp;O)</translation>
  </message>
 </context>
 <context>
  <name>CameraStep</name>
  <message>
   <source>Looking for cameras …</source>
   <translation>カメラを探しています…</translation>
  </message>
  <message>
   <source>Which camera looks at you?</source>
   <translation>どのカメラを使いますか？</translation>
  </message>
  <message>
   <source>Best is a view from the front, with light on your face. From head to foot for the whole body; waist up is enough for face, hands and arms.</source>
   <translation>正面から、顔に光が当たる位置が最適です。全身は頭から足まで、顔・手・腕だけなら腰から上を映してください。</translation>
  </message>
  <message>
   <source>&amp;Look again</source>
   <translation>もう一度探す(&amp;L)</translation>
  </message>
  <message>
   <source>No camera: the demo clip, a person who walks</source>
   <translation>カメラなし: 人が歩くデモ映像</translation>
  </message>
  <message>
   <source>No camera was found. Plug one in and look again, or begin with the demo clip.</source>
   <translation>カメラが見つかりません。接続してもう一度探すか、デモ映像で始めてください。</translation>
  </message>
 </context>
 <context>
  <name>CameraView</name>
  <message>
   <source>Camera picture</source>
   <translation>カメラ映像</translation>
  </message>
  <message>
   <source>Frozen</source>
   <translation>静止中</translation>
  </message>
  <message>
   <source>This take has no video. Close it to see the camera again.</source>
   <translation>このテイクには映像がありません。閉じるとカメラに戻ります。</translation>
  </message>
 </context>
 <context>
  <name>CoverageView</name>
  <message>
   <source>{done} of {all} done</source>
   <translation>{all} 中 {done} 完了</translation>
  </message>
 </context>
 <context>
  <name>CueScreen</name>
  <message>
   <source>What to do</source>
   <translation>やること</translation>
  </message>
  <message>
   <source>Escape hides this; the measurement goes on.</source>
   <translation>Esc で閉じます。測定は続きます。</translation>
  </message>
  <message>
   <source>&amp;Cancel</source>
   <translation>キャンセル(&amp;C)</translation>
  </message>
  <message>
   <source>Give it up; nothing is changed</source>
   <translation>中止します。変更はありません</translation>
  </message>
 </context>
 <context>
  <name>Cues</name>
  <message>
   <source>stand straight, arms hanging, face the camera, face at rest</source>
   <translation>腕を下ろしてまっすぐ立ち、カメラを向いて、表情を楽にしてください</translation>
  </message>
  <message>
   <source>arms out to the sides, palms down</source>
   <translation>手のひらを下に向けて、両腕を横に伸ばしてください</translation>
  </message>
  <message>
   <source>open your mouth wide and close it, twice</source>
   <translation>口を大きく開けて閉じる動きを 2 回してください</translation>
  </message>
  <message>
   <source>close both eyes firmly, and open them, twice</source>
   <translation>両目をしっかり閉じて開く動きを 2 回してください</translation>
  </message>
  <message>
   <source>raise both hands beside your face; open them wide, make fists, twice</source>
   <translation>両手を顔の横に上げ、大きく開いて握る動きを 2 回してください</translation>
  </message>
  <message>
   <source>stand straight, face the camera</source>
   <translation>まっすぐ立って、カメラを向いてください</translation>
  </message>
  <message>
   <source>walk slowly towards the camera, head and feet in the picture</source>
   <translation>頭と足が映るように、カメラへゆっくり歩いてください</translation>
  </message>
  <message>
   <source>stop, stand straight</source>
   <translation>止まって、まっすぐ立ってください</translation>
  </message>
  <message>
   <source>turn and walk slowly back</source>
   <translation>向きを変えて、ゆっくり戻ってください</translation>
  </message>
  <message>
   <source>stop with your back to the camera, stand straight</source>
   <translation>カメラに背を向けたまま止まり、まっすぐ立ってください</translation>
  </message>
  <message>
   <source>not sure enough yet, once more</source>
   <translation>まだ精度が足りません。もう一度お願いします</translation>
  </message>
  <message>
   <source>stand straight, arms hanging, face the camera, head and feet in the picture</source>
   <translation>腕を下ろしてまっすぐ立ち、頭と足が映るようにカメラを向いてください</translation>
  </message>
 </context>
 <context>
  <name>EmptyCamera</name>
  <message>
   <source>&amp;Start</source>
   <translation>開始(&amp;S)</translation>
  </message>
  <message>
   <source>Start with the chosen source</source>
   <translation>選択したソースで開始します</translation>
  </message>
  <message>
   <source>&amp;Choose a source</source>
   <translation>ソースを選択(&amp;C)</translation>
  </message>
  <message>
   <source>Open the panel with cameras, files and addresses</source>
   <translation>カメラ・ファイル・アドレスを選ぶパネルを開きます</translation>
  </message>
  <message>
   <source>Try the &amp;demo clip</source>
   <translation>デモ映像を試す(&amp;D)</translation>
  </message>
  <message>
   <source>See the program at work without a camera</source>
   <translation>カメラなしで動作を確認します</translation>
  </message>
  <message>
   <source>No camera yet</source>
   <translation>カメラ未選択</translation>
  </message>
  <message>
   <source>Choose a camera, a video or an address. Pictures stay on this computer.</source>
   <translation>カメラ、動画、アドレスのいずれかを選んでください。映像はこのコンピューターの外に出ません。</translation>
  </message>
  <message>
   <source>Stopped</source>
   <translation>停止中</translation>
  </message>
  <message>
   <source>Press Start, or choose another source.</source>
   <translation>「開始」を押すか、別のソースを選んでください。</translation>
  </message>
 </context>
 <context>
  <name>EnginePicker</name>
  <message>
   <source>&amp;Automatic (best usable)</source>
   <translation>自動（使える最良のもの）(&amp;A)</translation>
  </message>
  <message>
   <source>Take the first of this list that can run here</source>
   <translation>この一覧で最初に使えるものを選びます</translation>
  </message>
  <message>
   <source>Looking what can run here …</source>
   <translation>使えるものを調べています…</translation>
  </message>
  <message>
   <source>Look for &amp;hands</source>
   <translation>手を検出(&amp;H)</translation>
  </message>
  <message>
   <source>Look for the &amp;face</source>
   <translation>顔を検出(&amp;F)</translation>
  </message>
  <message>
   <source>ExPose &amp;files …</source>
   <translation>ExPose のファイル(&amp;F)…</translation>
  </message>
  <message>
   <source>Choose the data folder of the official ExPose release, which you have to get yourself</source>
   <translation>公式 ExPose リリースのデータフォルダーを選びます（各自で入手が必要です）</translation>
  </message>
  <message>
   <source>{engine} on the {device}</source>
   <translation>{engine}（{device}）</translation>
  </message>
  <message>
   <source>Can run on this computer</source>
   <translation>このコンピューターで使えます</translation>
  </message>
  <message>
   <source>Needs the official release: choose its data folder below.</source>
   <translation>公式リリースが必要です。下でデータフォルダーを選んでください。</translation>
  </message>
  <message>
   <source>Off, the pictures are done sooner, and fingers rest</source>
   <translation>オフにすると処理が速くなり、指は動きません</translation>
  </message>
  <message>
   <source>Off, the pictures are done sooner, and the face rests</source>
   <translation>オフにすると処理が速くなり、顔は動きません</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>自動</translation>
  </message>
  <message>
   <source>In turn: twice as fast</source>
   <translation>交互（2 倍速）</translation>
  </message>
  <message>
   <source>In every picture</source>
   <translation>すべてのフレーム</translation>
  </message>
  <message>
   <source>Two hands in turn: each is looked at in every other picture</source>
   <translation>両手を交互に検出: 片手につき 1 フレームおき</translation>
  </message>
  <message>
   <source>Data folder of ExPose</source>
   <translation>ExPose のデータフォルダー</translation>
  </message>
  <message>
   <source>Two ha&amp;nds</source>
   <translation>両手(&amp;N)</translation>
  </message>
  <message>
   <source>Its networks do not come with this version.</source>
   <translation>このバージョンには学習済みネットワークが付属していません。</translation>
  </message>
 </context>
 <context>
  <name>EngineWords</name>
  <message>
   <source>Landmarks</source>
   <translation>ランドマーク</translation>
  </message>
  <message>
   <source>ExPose</source>
   <translation>ExPose</translation>
  </message>
  <message>
   <source>processor</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>graphics card</source>
   <translation>GPU</translation>
  </message>
  <message>
   <source>ExPose (open)</source>
   <translation>ExPose（オープン）</translation>
  </message>
 </context>
 <context>
  <name>ExportDialog</name>
  <message>
   <source>Export</source>
   <translation>出力</translation>
  </message>
  <message>
   <source>Formats</source>
   <translation>形式</translation>
  </message>
  <message>
   <source>&amp;Back</source>
   <translation>戻る(&amp;B)</translation>
  </message>
  <message>
   <source>Choose other formats for the same takes.</source>
   <translation>同じテイクを別の形式で出力します。</translation>
  </message>
  <message>
   <source>&amp;Close</source>
   <translation>閉じる(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Export</source>
   <translation>出力(&amp;E)</translation>
  </message>
  <message>
   <source>C&amp;ancel the export</source>
   <translation>出力をキャンセル(&amp;A)</translation>
  </message>
  <message>
   <source>Export {name}</source>
   <translation>{name} を出力</translation>
  </message>
  <message>
   <source>Export {count} takes</source>
   <translation>{count} 件のテイクを出力</translation>
  </message>
  <message>
   <source>Go on in the &amp;background</source>
   <translation>バックグラウンドで続ける(&amp;B)</translation>
  </message>
  <message>
   <source>Choose at least one format.</source>
   <translation>形式を 1 つ以上選んでください。</translation>
  </message>
  <message>
   <source>Choose at least one part that moves.</source>
   <translation>動かす部位を 1 つ以上選んでください。</translation>
  </message>
  <message>
   <source>ExPose's files need your SMPL-X model: choose it.</source>
   <translation>ExPose のファイルには SMPL-X モデルが必要です。選択してください。</translation>
  </message>
  <message>
   <source>The end has to come after the start.</source>
   <translation>終了は開始より後にしてください。</translation>
  </message>
  <message>
   <source>{name} has no camera video: choose another view for its MP4.</source>
   <translation>{name} にはカメラ映像がありません。MP4 の表示内容を変えてください。</translation>
  </message>
  <message>
   <source>{name} is there and will be replaced.</source>
   <translation>{name} は既にあり、置き換えられます。</translation>
  </message>
  <message>
   <source>{count} files are there and will be replaced.</source>
   <translation>{count} 個のファイルが既にあり、置き換えられます。</translation>
  </message>
  <message>
   <source>{folder}: cannot be made ({reason}); choose another folder</source>
   <translation>{folder}: 作成できません（{reason}）。別のフォルダーを選んでください</translation>
  </message>
 </context>
 <context>
  <name>ExportFormats</name>
  <message>
   <source>AMASS motion, for the SMPL-X add-ons and aitviewer</source>
   <translation>AMASS モーション: SMPL-X アドオン、aitviewer</translation>
  </message>
  <message>
   <source>Skeleton: Blender, MotionBuilder, iClone, Cascadeur</source>
   <translation>スケルトン: Blender、MotionBuilder、iClone、Cascadeur</translation>
  </message>
  <message>
   <source>Body, face and motion: Blender, Godot, three.js</source>
   <translation>体・顔・モーション: Blender、Godot、three.js</translation>
  </message>
  <message>
   <source>Motion for any VRM avatar</source>
   <translation>あらゆる VRM アバター用のモーション</translation>
  </message>
  <message>
   <source>Body, face and motion: Houdini, Maya, Omniverse</source>
   <translation>体・顔・モーション: Houdini、Maya、Omniverse</translation>
  </message>
  <message>
   <source>Body, face and motion: Unreal, Unity, Maya</source>
   <translation>体・顔・モーション: Unreal、Unity、Maya</translation>
  </message>
  <message>
   <source>Joint centres: OpenSim</source>
   <translation>関節中心: OpenSim</translation>
  </message>
  <message>
   <source>Joint centres: programs of movement laboratories</source>
   <translation>関節中心: 動作分析ソフト</translation>
  </message>
  <message>
   <source>A row for each frame: spreadsheets, R, pandas</source>
   <translation>1 フレーム 1 行の表: 表計算、R、pandas</translation>
  </message>
  <message>
   <source>The same table, typed: pandas, Polars, DuckDB</source>
   <translation>同じ表（型付き）: pandas、Polars、DuckDB</translation>
  </message>
  <message>
   <source>Result files as ExPose writes them; needs an SMPL-X model</source>
   <translation>ExPose と同じ結果ファイル（SMPL-X モデルが必要）</translation>
  </message>
  <message>
   <source>Video of the body: any player</source>
   <translation>体の動画: 一般的なプレーヤー</translation>
  </message>
  <message>
   <source>needs Blender on the PATH; install it, or export GLB</source>
   <translation>PATH に Blender が必要です。インストールするか、GLB で出力してください</translation>
  </message>
  <message>
   <source>needs {package}; run: python -m pip install '.[export]'</source>
   <translation>{package} が必要です。実行: python -m pip install '.[export]'</translation>
  </message>
 </context>
 <context>
  <name>ExportOptionFields</name>
  <message>
   <source>Only this part of the take</source>
   <translation>テイクのこの部分だけ</translation>
  </message>
  <message>
   <source>Several takes are exported whole</source>
   <translation>複数のテイクは全体が出力されます</translation>
  </message>
  <message>
   <source>Motion</source>
   <translation>モーション</translation>
  </message>
  <message>
   <source>as recorded</source>
   <translation>収録のまま</translation>
  </message>
  <message>
   <source>{rate} frames a second</source>
   <translation>毎秒 {rate} フレーム</translation>
  </message>
  <message>
   <source>Even frames; motion in between is interpolated.</source>
   <translation>等間隔のフレームにします。間の動きは補間されます。</translation>
  </message>
  <message>
   <source>&amp;Rate</source>
   <translation>レート(&amp;R)</translation>
  </message>
  <message>
   <source>as its readers expect</source>
   <translation>読み込む側に合わせる</translation>
  </message>
  <message>
   <source>Y</source>
   <translation>Y</translation>
  </message>
  <message>
   <source>Z</source>
   <translation>Z</translation>
  </message>
  <message>
   <source>Only in formats that leave the choice: NPZ, TRC, C3D, CSV, Parquet.</source>
   <translation>選択できる形式のみ: NPZ、TRC、C3D、CSV、Parquet</translation>
  </message>
  <message>
   <source>&amp;Up axis</source>
   <translation>上方向の軸(&amp;U)</translation>
  </message>
  <message>
   <source>Names of the bones in BVH</source>
   <translation>BVH のボーン名</translation>
  </message>
  <message>
   <source>&amp;Bone names</source>
   <translation>ボーン名(&amp;B)</translation>
  </message>
  <message>
   <source>&amp;From … to</source>
   <translation>開始〜終了(&amp;F)</translation>
  </message>
  <message>
   <source>Export the second &amp;pass</source>
   <translation>2 パス目を出力(&amp;P)</translation>
  </message>
  <message>
   <source>Smoother, gaps bridged, standing feet in place; made first, where it is not there yet.</source>
   <translation>より滑らかで、途切れを補い、接地した足を固定します。なければ先に作成します。</translation>
  </message>
  <message>
   <source>the start</source>
   <translation>最初</translation>
  </message>
  <message>
   <source>the end</source>
   <translation>最後</translation>
  </message>
  <message>
   <source> s</source>
   <translation> 秒</translation>
  </message>
  <message>
   <source>What moves</source>
   <translation>動かす部位</translation>
  </message>
  <message>
   <source>Body</source>
   <translation>体</translation>
  </message>
  <message>
   <source>Hands</source>
   <translation>手</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>顔</translation>
  </message>
  <message>
   <source>Eyes</source>
   <translation>目</translation>
  </message>
  <message>
   <source>Jaw</source>
   <translation>あご</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>Unchecked, it is at rest.</source>
   <translation>オフの部位は動きません。</translation>
  </message>
  <message>
   <source>Bodies and video</source>
   <translation>体と動画</translation>
  </message>
  <message>
   <source>what suits the take</source>
   <translation>テイクに合わせる</translation>
  </message>
  <message>
   <source>body over the camera's video</source>
   <translation>カメラ映像に重ねた体</translation>
  </message>
  <message>
   <source>body turning on a floor</source>
   <translation>床の上で回る体</translation>
  </message>
  <message>
   <source>camera's video alone</source>
   <translation>カメラ映像のみ</translation>
  </message>
  <message>
   <source>What an MP4 shows; two of these need the camera's video.</source>
   <translation>MP4 に映すもの。うち 2 つはカメラ映像が必要です。</translation>
  </message>
  <message>
   <source>&amp;Video</source>
   <translation>動画(&amp;V)</translation>
  </message>
  <message>
   <source>the take's own body</source>
   <translation>テイクの体</translation>
  </message>
  <message>
   <source>Avatars (*.vrm *.glb)</source>
   <translation>アバター (*.vrm *.glb)</translation>
  </message>
  <message>
   <source>A VRM or glTF humanoid of yours, in GLB and VRMA</source>
   <translation>GLB と VRMA で使う、手持ちの VRM または glTF ヒューマノイド</translation>
  </message>
  <message>
   <source>&amp;Avatar</source>
   <translation>アバター(&amp;A)</translation>
  </message>
  <message>
   <source>the open body</source>
   <translation>オープンボディ</translation>
  </message>
  <message>
   <source>SMPL-X models (*.npz)</source>
   <translation>SMPL-X モデル (*.npz)</translation>
  </message>
  <message>
   <source>Your own SMPL-X model file, for its mesh; ExPose's files need it</source>
   <translation>メッシュに使う手持ちの SMPL-X モデル。ExPose のファイルには必須です</translation>
  </message>
  <message>
   <source>SMPL-&amp;X model</source>
   <translation>SMPL-X モデル(&amp;X)</translation>
  </message>
  <message>
   <source>Bones without a &amp;mesh</source>
   <translation>メッシュなしのボーン(&amp;M)</translation>
  </message>
  <message>
   <source>In GLB and USD</source>
   <translation>GLB と USD のみ</translation>
  </message>
  <message>
   <source>Where to</source>
   <translation>保存先</translation>
  </message>
  <message>
   <source>beside each take</source>
   <translation>各テイクの隣</translation>
  </message>
  <message>
   <source>One folder for all files; their names tell the takes.</source>
   <translation>すべて 1 つのフォルダーに保存します。テイクはファイル名で分かります。</translation>
  </message>
 </context>
 <context>
  <name>ExportResults</name>
  <message>
   <source>Progress</source>
   <translation>進行状況</translation>
  </message>
  <message>
   <source>Exporting …</source>
   <translation>出力しています…</translation>
  </message>
  <message>
   <source>Ending …</source>
   <translation>終了しています…</translation>
  </message>
  <message>
   <source>{done} of {all} files written</source>
   <translation>{all} 件中 {done} 件を出力しました</translation>
  </message>
  <message>
   <source>{done} of {all} files written, {failed} failed</source>
   <translation>{all} 件中 {done} 件を出力し、{failed} 件は失敗しました</translation>
  </message>
 </context>
 <context>
  <name>FileField</name>
  <message>
   <source>&amp;Browse …</source>
   <translation>参照(&amp;B)…</translation>
  </message>
  <message>
   <source>Avatars (*.vrm);;All files (*)</source>
   <translation>アバター (*.vrm);;すべてのファイル (*)</translation>
  </message>
  <message>
   <source>Your avatar</source>
   <translation>アバターを選択</translation>
  </message>
  <message>
   <source>Choose …</source>
   <translation>選択…</translation>
  </message>
  <message>
   <source>Choose</source>
   <translation>選択</translation>
  </message>
 </context>
 <context>
  <name>FilePage</name>
  <message>
   <source>&amp;Browse …</source>
   <translation>参照(&amp;B)…</translation>
  </message>
  <message>
   <source>Choose a folder of pictures</source>
   <translation>画像のフォルダーを選択</translation>
  </message>
  <message>
   <source>Choose a video; it can also be dropped on the window</source>
   <translation>動画を選びます。ウィンドウにドロップもできます</translation>
  </message>
  <message>
   <source>This is not there any more.</source>
   <translation>見つかりません。</translation>
  </message>
  <message>
   <source>Folder of pictures</source>
   <translation>画像のフォルダー</translation>
  </message>
  <message>
   <source>Open a video</source>
   <translation>動画を開く</translation>
  </message>
  <message>
   <source>Videos (*.mp4 *.mkv *.mov *.avi *.webm *.m4v);;All files (*)</source>
   <translation>動画 (*.mp4 *.mkv *.mov *.avi *.webm *.m4v);;すべてのファイル (*)</translation>
  </message>
 </context>
 <context>
  <name>FirstRun</name>
  <message>
   <source>First steps</source>
   <translation>はじめに</translation>
  </message>
  <message>
   <source>&amp;Back</source>
   <translation>戻る(&amp;B)</translation>
  </message>
  <message>
   <source>&amp;Next</source>
   <translation>次へ(&amp;N)</translation>
  </message>
  <message>
   <source>&amp;Skip all</source>
   <translation>すべてスキップ(&amp;S)</translation>
  </message>
  <message>
   <source>Step {step} of {count}</source>
   <translation>ステップ {step} / {count}</translation>
  </message>
  <message>
   <source>&amp;Done</source>
   <translation>完了(&amp;D)</translation>
  </message>
 </context>
 <context>
  <name>KeysPage</name>
  <message>
   <source>Start or stop</source>
   <translation>開始・停止</translation>
  </message>
  <message>
   <source>Freeze</source>
   <translation>静止</translation>
  </message>
  <message>
   <source>Recentre</source>
   <translation>中央に戻す</translation>
  </message>
  <message>
   <source>Record</source>
   <translation>収録</translation>
  </message>
  <message>
   <source>Save the last seconds</source>
   <translation>直前の数秒を保存</translation>
  </message>
  <message>
   <source>Mark this moment</source>
   <translation>この瞬間をマーク</translation>
  </message>
  <message>
   <source>Mirror the motion</source>
   <translation>動きを左右反転</translation>
  </message>
  <message>
   <source>The keys work while this window has the keyboard, not in other programs.</source>
   <translation>キーはこのウィンドウの操作中だけ有効です。ほかのプログラムでは働きません。</translation>
  </message>
  <message>
   <source>&amp;Usual keys</source>
   <translation>標準のキー(&amp;U)</translation>
  </message>
  <message>
   <source>Two actions have the same key; choose another.</source>
   <translation>2 つの操作に同じキーがあります。別のキーを選んでください。</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>ExPose Live</source>
   <translation>ExPose Live</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>ソース</translation>
  </message>
  <message>
   <source>Tracking</source>
   <translation>トラッキング</translation>
  </message>
  <message>
   <source>Streaming</source>
   <translation>送信</translation>
  </message>
  <message>
   <source>Record</source>
   <translation>収録</translation>
  </message>
  <message>
   <source>Takes</source>
   <translation>テイク</translation>
  </message>
  <message>
   <source>Calibration</source>
   <translation>キャリブレーション</translation>
  </message>
  <message>
   <source>Stage times</source>
   <translation>処理時間</translation>
  </message>
  <message>
   <source>The camera was lost. Trying again …
{why}</source>
   <translation>カメラとの接続が切れました。再接続しています…
{why}</translation>
  </message>
  <message>
   <source>The picture is black. Is there a cover or a privacy switch on the camera, or does another program use it?</source>
   <translation>映像が真っ黒です。レンズカバーやプライバシースイッチ、ほかのプログラムの使用を確認してください。</translation>
  </message>
  <message>
   <source>Starting …</source>
   <translation>開始しています…</translation>
  </message>
  <message>
   <source>Starting …
The very first start prepares the program: about half a minute.</source>
   <translation>開始しています…
初回の起動は準備に 30 秒ほどかかります。</translation>
  </message>
 </context>
 <context>
  <name>Menus</name>
  <message>
   <source>Toolbar</source>
   <translation>ツールバー</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>ファイル(&amp;F)</translation>
  </message>
  <message>
   <source>Open a &amp;video …</source>
   <translation>動画を開く(&amp;V)…</translation>
  </message>
  <message>
   <source>Open the &amp;demo clip</source>
   <translation>デモ映像を開く(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;Settings …</source>
   <translation>設定(&amp;S)…</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>終了(&amp;Q)</translation>
  </message>
  <message>
   <source>&amp;Session</source>
   <translation>セッション(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>表示(&amp;V)</translation>
  </message>
  <message>
   <source>&amp;Body</source>
   <translation>体(&amp;B)</translation>
  </message>
  <message>
   <source>&amp;Surface</source>
   <translation>サーフェス(&amp;S)</translation>
  </message>
  <message>
   <source>S&amp;keleton</source>
   <translation>スケルトン(&amp;K)</translation>
  </message>
  <message>
   <source>Surface &amp;and skeleton</source>
   <translation>サーフェスとスケルトン(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Wireframe</source>
   <translation>ワイヤーフレーム(&amp;W)</translation>
  </message>
  <message>
   <source>&amp;Look from</source>
   <translation>視点(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Front</source>
   <translation>正面(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;Side</source>
   <translation>横(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;Top</source>
   <translation>上(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;Reset</source>
   <translation>リセット(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;3D view</source>
   <translation>3D ビュー(&amp;3)</translation>
  </message>
  <message>
   <source>&amp;Mirror the picture</source>
   <translation>映像を左右反転(&amp;M)</translation>
  </message>
  <message>
   <source>&amp;Theme</source>
   <translation>テーマ(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>ダーク(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;Light</source>
   <translation>ライト(&amp;L)</translation>
  </message>
  <message>
   <source>Lan&amp;guage</source>
   <translation>言語(&amp;G)</translation>
  </message>
  <message>
   <source>As the &amp;system</source>
   <translation>システムに合わせる(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>ヘルプ(&amp;H)</translation>
  </message>
  <message>
   <source>&amp;First steps …</source>
   <translation>はじめに(&amp;F)…</translation>
  </message>
  <message>
   <source>Copy &amp;diagnostics</source>
   <translation>診断情報をコピー(&amp;D)</translation>
  </message>
  <message>
   <source>Open the &amp;log</source>
   <translation>ログを開く(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;About ExPose Live</source>
   <translation>ExPose Live について(&amp;A)</translation>
  </message>
  <message>
   <source>The language changes with the next start.</source>
   <translation>言語は次回の起動から変わります。</translation>
  </message>
  <message>
   <source>Open a video</source>
   <translation>動画を開く</translation>
  </message>
  <message>
   <source>Videos (*.mp4 *.mkv *.mov *.avi *.webm);;All files (*)</source>
   <translation>動画 (*.mp4 *.mkv *.mov *.avi *.webm);;すべてのファイル (*)</translation>
  </message>
  <message>
   <source>Copied: versions, settings and the end of the log; no pictures</source>
   <translation>コピーしました: バージョン、設定、ログの末尾（映像は含みません）</translation>
  </message>
  <message>
   <source>About ExPose Live</source>
   <translation>ExPose Live について</translation>
  </message>
  <message>
   <source>&lt;h3&gt;ExPose Live {version}&lt;/h3&gt;&lt;p&gt;One webcam, a whole expressive body.&lt;/p&gt;&lt;p&gt;Everything stays on this computer: no account, no upload, no telemetry. Motion leaves it only where you switch a receiver on that is elsewhere.&lt;/p&gt;&lt;p&gt;Code: Apache-2.0. Open body: CC0. The window uses PyQt5 (GPL v3). See NOTICE in {folder}.&lt;/p&gt;</source>
   <translation>&lt;h3&gt;ExPose Live {version}&lt;/h3&gt;&lt;p&gt;1 台のウェブカメラで、表情豊かな全身を。&lt;/p&gt;&lt;p&gt;すべてこのコンピューターの中で処理されます。アカウント、アップロード、テレメトリーはありません。モーションが外に出るのは、別のコンピューターの送信先をオンにしたときだけです。&lt;/p&gt;&lt;p&gt;コード: Apache-2.0。オープンボディ: CC0。ウィンドウは PyQt5 (GPL v3) を使用しています。{folder} の NOTICE をご覧ください。&lt;/p&gt;</translation>
  </message>
 </context>
 <context>
  <name>MessageBar</name>
  <message>
   <source>Dismiss the message</source>
   <translation>メッセージを閉じる</translation>
  </message>
  <message>
   <source>Something went wrong in the program itself: {what}. It goes on; the log file has the details.</source>
   <translation>プログラム内部でエラーが発生しました: {what}。動作は続きます。詳細はログファイルにあります。</translation>
  </message>
 </context>
 <context>
  <name>MonitorDialog</name>
  <message>
   <source>Packet monitor</source>
   <translation>パケットモニター</translation>
  </message>
  <message>
   <source>Port</source>
   <translation>ポート</translation>
  </message>
  <message>
   <source>Usual port of a protocol</source>
   <translation>プロトコルの標準ポート</translation>
  </message>
  <message>
   <source>Who is heard</source>
   <translation>受信する相手</translation>
  </message>
  <message>
   <source>this computer only</source>
   <translation>このコンピューターのみ</translation>
  </message>
  <message>
   <source>others on the network too</source>
   <translation>ネットワーク上のほかの機器も</translation>
  </message>
  <message>
   <source>&amp;Listen</source>
   <translation>受信(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Pause</source>
   <translation>一時停止(&amp;P)</translation>
  </message>
  <message>
   <source>Keep what is shown, to read it</source>
   <translation>表示を止めて読めるようにします</translation>
  </message>
  <message>
   <source>&amp;Clear</source>
   <translation>クリア(&amp;C)</translation>
  </message>
  <message>
   <source>Forget what has come</source>
   <translation>受信した内容を消去します</translation>
  </message>
  <message>
   <source>What</source>
   <translation>内容</translation>
  </message>
  <message>
   <source>Count</source>
   <translation>件数</translation>
  </message>
  <message>
   <source>Per second</source>
   <translation>毎秒</translation>
  </message>
  <message>
   <source>Gaps</source>
   <translation>欠落</translation>
  </message>
  <message>
   <source>Longest, ms</source>
   <translation>最長 ms</translation>
  </message>
  <message>
   <source>Last</source>
   <translation>最新</translation>
  </message>
  <message>
   <source>P&amp;ort</source>
   <translation>ポート(&amp;O)</translation>
  </message>
  <message>
   <source>Not listening.</source>
   <translation>受信していません。</translation>
  </message>
  <message>
   <source>Port {port} is in use by another program: close the receiver while you look, or listen at another port and send there.</source>
   <translation>ポート {port} は別のプログラムが使用中です。確認の間は受信側を閉じるか、別のポートで受信し、そこへ送信してください。</translation>
  </message>
  <message>
   <source>Paused: it goes on counting, and shows it when you go on.</source>
   <translation>一時停止中: 集計は続き、再開すると表示されます。</translation>
  </message>
  <message>
   <source>S&amp;top</source>
   <translation>停止(&amp;T)</translation>
  </message>
  <message>
   <source>Listening at port {port}: nothing has come yet.</source>
   <translation>ポート {port} で受信中: まだ何も届いていません。</translation>
  </message>
  <message>
   <source>{count} packets, {bad} of them cannot be read: {why}</source>
   <translation>{count} パケット、うち {bad} 件は読み取れません: {why}</translation>
  </message>
  <message>
   <source>{count} packets; the largest has {size} bytes and travels in pieces on a network</source>
   <translation>{count} パケット。最大は {size} バイトで、ネットワーク上では分割されます</translation>
  </message>
  <message>
   <source>{count} packets, {size} KB, the largest {largest} bytes</source>
   <translation>{count} パケット、{size} KB、最大 {largest} バイト</translation>
  </message>
  <message>
   <source>from {sender}: {count} packets</source>
   <translation>{sender} から: {count} パケット</translation>
  </message>
  <message>
   <source>Port of this computer to listen at</source>
   <translation>受信に使うこのコンピューターのポート</translation>
  </message>
  <message>
   <source>Open the port, or free it for the receiver</source>
   <translation>ポートを開く、または受信側のために解放します</translation>
  </message>
  <message>
   <source>What has come</source>
   <translation>届いた内容</translation>
  </message>
 </context>
 <context>
  <name>NoTakes</name>
  <message>
   <source>&amp;Show all takes</source>
   <translation>すべてのテイクを表示(&amp;S)</translation>
  </message>
  <message>
   <source>Look in &amp;another folder …</source>
   <translation>別のフォルダーを見る(&amp;A)…</translation>
  </message>
  <message>
   <source>No take matches “{words}”.</source>
   <translation>「{words}」に一致するテイクはありません。</translation>
  </message>
  <message>
   <source>No takes in {folder} yet.
Press Record, or {key}, to make one.</source>
   <translation>{folder} にはまだテイクがありません。
「収録」または {key} を押して作成します。</translation>
  </message>
  <message>
   <source>No takes in {folder} yet.
Press Record to make one.</source>
   <translation>{folder} にはまだテイクがありません。
「収録」を押して作成します。</translation>
  </message>
  <message>
   <source>Folder of takes</source>
   <translation>テイクのフォルダー</translation>
  </message>
 </context>
 <context>
  <name>NoticeBar</name>
  <message>
   <source>What can be done about it</source>
   <translation>対処方法</translation>
  </message>
  <message>
   <source>Dismiss</source>
   <translation>閉じる</translation>
  </message>
 </context>
 <context>
  <name>NumberField</name>
  <message>
   <source>not set</source>
   <translation>未設定</translation>
  </message>
 </context>
 <context>
  <name>PathLabel</name>
  <message>
   <source>None chosen</source>
   <translation>未選択</translation>
  </message>
 </context>
 <context>
  <name>PlayerBar</name>
  <message>
   <source>Close the take, back to the camera</source>
   <translation>テイクを閉じてカメラに戻ります</translation>
  </message>
  <message>
   <source>One frame back</source>
   <translation>1 フレーム戻る</translation>
  </message>
  <message>
   <source>Play</source>
   <translation>再生</translation>
  </message>
  <message>
   <source>One frame on</source>
   <translation>1 フレーム進む</translation>
  </message>
  <message>
   <source>Play again and again</source>
   <translation>繰り返し再生</translation>
  </message>
  <message>
   <source>Send the take to the receivers; a running camera is stopped.</source>
   <translation>テイクを送信先に送ります。動作中のカメラは停止します。</translation>
  </message>
  <message>
   <source>Speed</source>
   <translation>速度</translation>
  </message>
  <message>
   <source>How fast it plays</source>
   <translation>再生の速さ</translation>
  </message>
  <message>
   <source>{speed} x</source>
   <translation>{speed} x</translation>
  </message>
  <message>
   <source>The part begins here</source>
   <translation>ここを範囲の始めにします</translation>
  </message>
  <message>
   <source>The part ends here</source>
   <translation>ここを範囲の終わりにします</translation>
  </message>
  <message>
   <source>&amp;Whole</source>
   <translation>全体(&amp;W)</translation>
  </message>
  <message>
   <source>Choose the whole take again</source>
   <translation>テイク全体を選び直します</translation>
  </message>
  <message>
   <source>&amp;Save part</source>
   <translation>範囲を保存(&amp;S)</translation>
  </message>
  <message>
   <source>Make a take of the chosen part; the whole one stays.</source>
   <translation>選んだ範囲からテイクを作ります。元のテイクは残ります。</translation>
  </message>
  <message>
   <source>Export the chosen part</source>
   <translation>選んだ範囲を出力します</translation>
  </message>
  <message>
   <source>{now} of {whole}</source>
   <translation>{now} / {whole}</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>一時停止</translation>
  </message>
 </context>
 <context>
  <name>Preferences</name>
  <message>
   <source>Settings</source>
   <translation>設定</translation>
  </message>
  <message>
   <source>&amp;Profiles</source>
   <translation>プロファイル(&amp;P)</translation>
  </message>
  <message>
   <source>&amp;Keys</source>
   <translation>キー(&amp;K)</translation>
  </message>
 </context>
 <context>
  <name>PreviewStep</name>
  <message>
   <source>Do you see yourself?</source>
   <translation>自分が映っていますか？</translation>
  </message>
  <message>
   <source>Everything stays on this computer. No picture is sent or stored, there is no account and no telemetry. Motion is sent only to receivers that you switch on; pictures are recorded only where you ask for it.</source>
   <translation>すべてこのコンピューターの中で処理されます。映像の送信や保存はなく、アカウントもテレメトリーもありません。モーションはオンにした送信先にだけ送られ、映像は指定したときだけ録画されます。</translation>
  </message>
  <message>
   <source>Starting …
The very first start prepares the program: about half a minute.</source>
   <translation>開始しています…
初回の起動は準備に 30 秒ほどかかります。</translation>
  </message>
 </context>
 <context>
  <name>ProfileBar</name>
  <message>
   <source>What is known of this place, its camera and its performer</source>
   <translation>この場所・カメラ・演者について分かっていること</translation>
  </message>
  <message>
   <source>More about profiles</source>
   <translation>プロファイルの操作</translation>
  </message>
  <message>
   <source>New, rename, copy, delete</source>
   <translation>新規、名前の変更、コピー、削除</translation>
  </message>
  <message>
   <source>&amp;New …</source>
   <translation>新規(&amp;N)…</translation>
  </message>
  <message>
   <source>&amp;Rename …</source>
   <translation>名前を変更(&amp;R)…</translation>
  </message>
  <message>
   <source>&amp;Copy …</source>
   <translation>コピー(&amp;C)…</translation>
  </message>
  <message>
   <source>&amp;Delete</source>
   <translation>削除(&amp;D)</translation>
  </message>
  <message>
   <source>none</source>
   <translation>なし</translation>
  </message>
  <message>
   <source>New profile</source>
   <translation>新しいプロファイル</translation>
  </message>
  <message>
   <source>Rename the profile</source>
   <translation>プロファイルの名前を変更</translation>
  </message>
  <message>
   <source>Copy the profile</source>
   <translation>プロファイルをコピー</translation>
  </message>
  <message>
   <source>profile {name}: is there already; choose another name</source>
   <translation>プロファイル {name}: 既に存在します。別の名前を選んでください</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名前</translation>
  </message>
  <message>
   <source>Profi&amp;le</source>
   <translation>プロファイル(&amp;L)</translation>
  </message>
 </context>
 <context>
  <name>ProfilesPage</name>
  <message>
   <source>A profile holds everything that the window remembers: source, tracking, receivers, recording, keys.</source>
   <translation>プロファイルには、ウィンドウの設定（ソース、トラッキング、送信先、収録、キー）がすべて保存されます。</translation>
  </message>
  <message>
   <source>Saved profiles</source>
   <translation>保存済みプロファイル</translation>
  </message>
  <message>
   <source>&amp;Save as …</source>
   <translation>名前を付けて保存(&amp;S)…</translation>
  </message>
  <message>
   <source>&amp;Load</source>
   <translation>読み込む(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Delete</source>
   <translation>削除(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;Import …</source>
   <translation>インポート(&amp;I)…</translation>
  </message>
  <message>
   <source>&amp;Export …</source>
   <translation>エクスポート(&amp;E)…</translation>
  </message>
  <message>
   <source>&amp;Reset all</source>
   <translation>すべてリセット(&amp;R)</translation>
  </message>
  <message>
   <source>Save profile</source>
   <translation>プロファイルを保存</translation>
  </message>
  <message>
   <source>Name:</source>
   <translation>名前:</translation>
  </message>
  <message>
   <source>Saved as {name}.</source>
   <translation>{name} として保存しました。</translation>
  </message>
  <message>
   <source>{name} is in use.</source>
   <translation>{name} を使用中です。</translation>
  </message>
  <message>
   <source>Move the profile {name} to the trash?</source>
   <translation>プロファイル {name} をゴミ箱に移動しますか？</translation>
  </message>
  <message>
   <source>Delete profile</source>
   <translation>プロファイルを削除</translation>
  </message>
  <message>
   <source>Import settings</source>
   <translation>設定をインポート</translation>
  </message>
  <message>
   <source>Settings (*.toml)</source>
   <translation>設定 (*.toml)</translation>
  </message>
  <message>
   <source>Export settings</source>
   <translation>設定をエクスポート</translation>
  </message>
  <message>
   <source>Written to {path}.</source>
   <translation>{path} に書き込みました。</translation>
  </message>
  <message>
   <source>Set everything back to how it was at first?</source>
   <translation>すべての設定を初期状態に戻しますか？</translation>
  </message>
  <message>
   <source>Reset all</source>
   <translation>すべてリセット</translation>
  </message>
  <message>
   <source>Everything is as it was at first.</source>
   <translation>すべて初期状態に戻りました。</translation>
  </message>
  <message>
   <source>{name} is in the trash.</source>
   <translation>{name} をゴミ箱に移動しました。</translation>
  </message>
 </context>
 <context>
  <name>RecordOptions</name>
  <message>
   <source>Take</source>
   <translation>テイク</translation>
  </message>
  <message>
   <source>optional</source>
   <translation>省略可</translation>
  </message>
  <message>
   <source>The name of the next takes; the date is added.</source>
   <translation>次からのテイクの名前です。日付が付きます。</translation>
  </message>
  <message>
   <source>&amp;Name</source>
   <translation>名前(&amp;N)</translation>
  </message>
  <message>
   <source>C&amp;hange …</source>
   <translation>変更(&amp;H)…</translation>
  </message>
  <message>
   <source>Record into another folder.</source>
   <translation>別のフォルダーに収録します。</translation>
  </message>
  <message>
   <source>&amp;Usual folder</source>
   <translation>標準(&amp;U)</translation>
  </message>
  <message>
   <source>Record into the folder in your documents.</source>
   <translation>ドキュメント内のフォルダーに収録します。</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>フォルダー</translation>
  </message>
  <message>
   <source>Times</source>
   <translation>時間</translation>
  </message>
  <message>
   <source>none</source>
   <translation>なし</translation>
  </message>
  <message>
   <source>Time to get into place, counted aloud, before a take begins.</source>
   <translation>テイクの開始前に位置につくための時間です。音で数えます。</translation>
  </message>
  <message>
   <source>C&amp;ountdown</source>
   <translation>カウントダウン(&amp;O)</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>なし</translation>
  </message>
  <message>
   <source>How much of the past 'Save the last seconds' can reach; motion only.</source>
   <translation>「直前の数秒を保存」で遡れる長さ（プリロール）です。モーションのみ。</translation>
  </message>
  <message>
   <source>&amp;Keep in memory</source>
   <translation>プリロール(&amp;K)</translation>
  </message>
  <message>
   <source>never</source>
   <translation>なし</translation>
  </message>
  <message>
   <source>Ends a take by itself after this time.</source>
   <translation>この時間が過ぎるとテイクを自動で終えます。</translation>
  </message>
  <message>
   <source>Stop &amp;after</source>
   <translation>自動停止(&amp;A)</translation>
  </message>
  <message>
   <source> s</source>
   <translation> 秒</translation>
  </message>
  <message>
   <source>Pictures</source>
   <translation>映像</translation>
  </message>
  <message>
   <source>Record the camera's &amp;video</source>
   <translation>カメラの映像を録画(&amp;V)</translation>
  </message>
  <message>
   <source>Needed for overlay videos, and to compare with later.</source>
   <translation>オーバーレイ動画と、後での比較に必要です。</translation>
  </message>
  <message>
   <source>The camera's pictures are saved in the take's folder. They stay on this computer.</source>
   <translation>カメラの映像はテイクのフォルダーに保存されます。このコンピューターの外には出ません。</translation>
  </message>
  <message>
   <source>Takes hold motion only: no picture of you is saved.</source>
   <translation>テイクにはモーションだけが入り、あなたの映像は保存されません。</translation>
  </message>
  <message>
   <source>Folder of takes</source>
   <translation>テイクのフォルダー</translation>
  </message>
 </context>
 <context>
  <name>RecordPanel</name>
  <message>
   <source>&amp;Pause</source>
   <translation>一時停止(&amp;P)</translation>
  </message>
  <message>
   <source>Leave out what happens until you go on.</source>
   <translation>再開するまでの間を省きます。</translation>
  </message>
  <message>
   <source>&amp;Mark</source>
   <translation>マーク(&amp;M)</translation>
  </message>
  <message>
   <source>Mark this moment. Marks show on the bar when the take is played.</source>
   <translation>この瞬間に印を付けます。再生時にバーに表示されます。</translation>
  </message>
  <message>
   <source>&amp;Record</source>
   <translation>収録(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Cancel</source>
   <translation>キャンセル(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation>停止(&amp;S)</translation>
  </message>
  <message>
   <source>Saving …</source>
   <translation>保存しています…</translation>
  </message>
  <message>
   <source>Start the &amp;camera</source>
   <translation>カメラを開始(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Go on</source>
   <translation>再開(&amp;G)</translation>
  </message>
  <message>
   <source>Takes are recorded of a running camera.</source>
   <translation>収録するには、カメラを開始してください。</translation>
  </message>
  <message>
   <source>The camera is not ready yet.</source>
   <translation>カメラの準備ができていません。</translation>
  </message>
  <message>
   <source>End the take and save it.</source>
   <translation>テイクを終えて保存します。</translation>
  </message>
  <message>
   <source>Begin no take after all.</source>
   <translation>テイクの開始をやめます。</translation>
  </message>
  <message>
   <source>Begin a take after the countdown.</source>
   <translation>カウントダウンの後にテイクを開始します。</translation>
  </message>
  <message numerus="yes">
   <source>%n frame(s)</source>
   <translation>
    <numerusform>%n フレーム</numerusform>
   </translation>
  </message>
  <message>
   <source>&amp;Mark ({count})</source>
   <translation>マーク（{count}）(&amp;M)</translation>
  </message>
  <message>
   <source>{room} free</source>
   <translation>空き {room}</translation>
  </message>
  <message>
   <source>Saved: {name}. &lt;a href="open"&gt;Show the folder&lt;/a&gt;</source>
   <translation>保存しました: {name}。&lt;a href="open"&gt;フォルダーを表示&lt;/a&gt;</translation>
  </message>
  <message numerus="yes">
   <source>Save the &amp;last %n second(s)</source>
   <translation>
    <numerusform>直前の %n 秒を保存(&amp;L)</numerusform>
   </translation>
  </message>
  <message>
   <source>Make a take of what just happened, without having pressed Record.</source>
   <translation>収録を押していなくても、直前の動きをテイクにします。</translation>
  </message>
  <message>
   <source>Save the &amp;last seconds</source>
   <translation>直前の数秒を保存(&amp;L)</translation>
  </message>
  <message>
   <source>Set below how many seconds to keep in memory.</source>
   <translation>下でプリロールの秒数を設定してください。</translation>
  </message>
 </context>
 <context>
  <name>RecordingDesk</name>
  <message>
   <source>Nothing is kept to save from: set how many seconds to keep first.</source>
   <translation>保存できるプリロールがありません。先に秒数を設定してください。</translation>
  </message>
  <message>
   <source>No pictures are coming; the take goes on when they do.</source>
   <translation>映像が届いていません。届き次第テイクを続けます。</translation>
  </message>
  <message>
   <source>Nothing was recorded: no pictures came. Check the camera.</source>
   <translation>映像が届かず、何も収録されませんでした。カメラを確認してください。</translation>
  </message>
  <message>
   <source>The countdown was called off: the camera was stopped.</source>
   <translation>カメラが停止したため、カウントダウンを中止しました。</translation>
  </message>
  <message>
   <source>The take was finished, because the camera was stopped.</source>
   <translation>カメラが停止したため、テイクを終えました。</translation>
  </message>
  <message>
   <source>Only {room} MB are left on the disk of the takes.</source>
   <translation>テイクの保存先の空きは、残り {room} MB です。</translation>
  </message>
 </context>
 <context>
  <name>ScrubBar</name>
  <message>
   <source>Place in the take</source>
   <translation>テイク内の位置</translation>
  </message>
  <message>
   <source>Drag to move about; drag the corners to choose a part. Arrow keys go by one frame.</source>
   <translation>ドラッグで移動、両端のドラッグで範囲を選択。矢印キーで 1 フレームずつ動きます。</translation>
  </message>
 </context>
 <context>
  <name>SendStep</name>
  <message>
   <source>Where should it go?</source>
   <translation>どこに送りますか？</translation>
  </message>
  <message>
   <source>Choose the program that shows your avatar. More can be added later, under Streaming, where a test pattern shows whether it arrives.</source>
   <translation>アバターを表示するプログラムを選んでください。後から「送信」で追加でき、テストパターンで届くか確認できます。</translation>
  </message>
  <message>
   <source>Nowhere for now: I record, or only look</source>
   <translation>今は送らない（収録、または見るだけ）</translation>
  </message>
 </context>
 <context>
  <name>SessionActions</name>
  <message>
   <source>&amp;Start</source>
   <translation>開始(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;Freeze</source>
   <translation>静止(&amp;F)</translation>
  </message>
  <message>
   <source>Re&amp;centre</source>
   <translation>中央に戻す(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Record</source>
   <translation>収録(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Mark this moment</source>
   <translation>この瞬間をマーク(&amp;M)</translation>
  </message>
  <message>
   <source>Mirror the m&amp;otion</source>
   <translation>動きを左右反転(&amp;O)</translation>
  </message>
  <message>
   <source>Take the performer's place as the origin</source>
   <translation>演者の今の位置を原点にします</translation>
  </message>
  <message>
   <source>Hold the pose, here and for all receivers</source>
   <translation>ポーズを固定します（この画面とすべての送信先）</translation>
  </message>
  <message numerus="yes">
   <source>Save the &amp;last %n s</source>
   <translation>
    <numerusform>直前の %n 秒を保存(&amp;L)</numerusform>
   </translation>
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation>停止(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;End the take</source>
   <translation>テイクを終了(&amp;E)</translation>
  </message>
  <message>
   <source>C&amp;ancel</source>
   <translation>キャンセル(&amp;A)</translation>
  </message>
 </context>
 <context>
  <name>SmoothingRow</name>
  <message>
   <source>+{0} ms</source>
   <translation>+{0} ms</translation>
  </message>
  <message>
   <source>{0}
0 is none; double-click goes back to {1:g}.</source>
   <translation>{0}
0 はオフ。ダブルクリックで {1:g} に戻ります。</translation>
  </message>
  <message>
   <source>Delay that this smoothing adds, at typical motion</source>
   <translation>一般的な動きで、このスムージングが加える遅延</translation>
  </message>
 </context>
 <context>
  <name>SourcePanel</name>
  <message>
   <source>Begin ane&amp;w at the end</source>
   <translation>最後まで行ったら繰り返す(&amp;W)</translation>
  </message>
  <message>
   <source>&amp;Start</source>
   <translation>開始(&amp;S)</translation>
  </message>
  <message>
   <source>Starting …</source>
   <translation>開始しています…</translation>
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation>停止(&amp;S)</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>停止しています…</translation>
  </message>
  <message>
   <source>Choose a source first</source>
   <translation>先にソースを選んでください</translation>
  </message>
  <message>
   <source>Open the source, or end the session</source>
   <translation>ソースを開く、またはセッションを終了します</translation>
  </message>
  <message>
   <source>Lost, trying again: {0}</source>
   <translation>接続が切れ、再接続しています: {0}</translation>
  </message>
  <message>
   <source>The source gives {fps:.1f} fps</source>
   <translation>ソースは {fps:.1f} fps です</translation>
  </message>
  <message>
   <source>The source gives {mode}; measured {fps:.1f} fps</source>
   <translation>ソースは {mode}、実測 {fps:.1f} fps です</translation>
  </message>
  <message>
   <source>The camera gives {mode}; measured {fps:.1f} of {asked:g} fps</source>
   <translation>カメラは {mode}、実測 {fps:.1f} / {asked:g} fps です</translation>
  </message>
  <message>
   <source>None</source>
   <translation>なし</translation>
  </message>
  <message>
   <source>Not turned</source>
   <translation>回転なし</translation>
  </message>
  <message>
   <source>90° clockwise</source>
   <translation>時計回りに 90°</translation>
  </message>
  <message>
   <source>180°</source>
   <translation>180°</translation>
  </message>
  <message>
   <source>90° anticlockwise</source>
   <translation>反時計回りに 90°</translation>
  </message>
  <message>
   <source>For a camera that is mounted on its side</source>
   <translation>横向きに設置したカメラ用</translation>
  </message>
  <message>
   <source>Play a recording again and again</source>
   <translation>録画を繰り返し再生します</translation>
  </message>
  <message>
   <source>What the Calibration panel measured: lens, floor, body and face</source>
   <translation>「キャリブレーション」で測定したレンズ・床・体・顔</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>ソース</translation>
  </message>
  <message>
   <source>&amp;Turn</source>
   <translation>回転(&amp;T)</translation>
  </message>
  <message>
   <source>Calib&amp;ration</source>
   <translation>キャリブレーション(&amp;R)</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>エンジン</translation>
  </message>
  <message>
   <source>Measuring …</source>
   <translation>測定中…</translation>
  </message>
 </context>
 <context>
  <name>SourcePicker</name>
  <message>
   <source>Source</source>
   <translation>ソース</translation>
  </message>
  <message>
   <source>Where the pictures come from</source>
   <translation>映像の取得元</translation>
  </message>
  <message>
   <source>Look for cameras again</source>
   <translation>カメラを探し直す</translation>
  </message>
  <message>
   <source>Choose …</source>
   <translation>選択…</translation>
  </message>
  <message>
   <source>{0} (not connected)</source>
   <translation>{0}（未接続）</translation>
  </message>
  <message>
   <source>Demo clip</source>
   <translation>デモ映像</translation>
  </message>
  <message>
   <source>Video file …</source>
   <translation>動画ファイル…</translation>
  </message>
  <message>
   <source>Folder of pictures …</source>
   <translation>画像のフォルダー…</translation>
  </message>
  <message>
   <source>Network address …</source>
   <translation>ネットワークアドレス…</translation>
  </message>
  <message>
   <source>Drawn person</source>
   <translation>描画された人物</translation>
  </message>
  <message>
   <source>No camera is connected. Plug one in and refresh, or try the demo clip.</source>
   <translation>カメラが接続されていません。接続して更新するか、デモ映像を試してください。</translation>
  </message>
  <message>
   <source>A person who walks on a treadmill: to see the program at work.</source>
   <translation>ルームランナーで歩く人の映像です。動作を確認できます。</translation>
  </message>
  <message>
   <source>A moving person drawn by this program: for tests without a camera.</source>
   <translation>このプログラムが描く動く人物です。カメラなしで試せます。</translation>
  </message>
 </context>
 <context>
  <name>SpeedStep</name>
  <message>
   <source>&amp;Measure</source>
   <translation>測定(&amp;M)</translation>
  </message>
  <message>
   <source>How quick is this computer?</source>
   <translation>このコンピューターの速さは？</translation>
  </message>
  <message>
   <source>Up to five settings are tried for a few seconds each, the best first, until one follows the camera. Stand in view meanwhile, with both hands visible.</source>
   <translation>最大 5 つの設定を、良いものから順に数秒ずつ試し、カメラに追いつくものを選びます。両手が映るように立っていてください。</translation>
  </message>
  <message>
   <source>Trying: {what} …</source>
   <translation>試しています: {what}…</translation>
  </message>
  <message>
   <source>In use: {what}. {fps:.0f} of {camera:.0f} pictures a second, {age:.0f} ms behind you.</source>
   <translation>使用中: {what}。毎秒 {camera:.0f} 枚中 {fps:.0f} 枚、遅延 {age:.0f} ms。</translation>
  </message>
  <message>
   <source>No setting follows the camera. In use is the quickest: {what}. {fps:.0f} of {camera:.0f} pictures a second, {age:.0f} ms behind you. Close other programs, or choose a smaller picture.</source>
   <translation>カメラに追いつく設定がないため、最速のものを使います: {what}。毎秒 {camera:.0f} 枚中 {fps:.0f} 枚、遅延 {age:.0f} ms。ほかのプログラムを閉じるか、映像を小さくしてください。</translation>
  </message>
  <message>
   <source>Not measured: {why}</source>
   <translation>測定できません: {why}</translation>
  </message>
 </context>
 <context>
  <name>SpeedTest</name>
  <message>
   <source>body, both hands and face in every picture</source>
   <translation>全フレームで体・両手・顔</translation>
  </message>
  <message>
   <source>body and face, hands in turn</source>
   <translation>体と顔、手は交互</translation>
  </message>
  <message>
   <source>the same from a smaller picture</source>
   <translation>同じ内容で映像を縮小</translation>
  </message>
  <message>
   <source>body and hands in turn, no face</source>
   <translation>体と交互の手、顔なし</translation>
  </message>
  <message>
   <source>body only</source>
   <translation>体のみ</translation>
  </message>
  <message>
   <source>it took too long</source>
   <translation>時間がかかりすぎました</translation>
  </message>
 </context>
 <context>
  <name>StagePlot</name>
  <message>
   <source>Time of each stage</source>
   <translation>各処理の時間</translation>
  </message>
  <message>
   <source>capture to publish</source>
   <translation>取得から送出まで</translation>
  </message>
  <message>
   <source>Start the camera to see times</source>
   <translation>カメラを開始すると表示されます</translation>
  </message>
  <message>
   <source>milliseconds, last minute</source>
   <translation>ミリ秒（直近 1 分）</translation>
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message>
   <source>What the camera does</source>
   <translation>カメラの状態</translation>
  </message>
  <message>
   <source>Pictures a second from the camera</source>
   <translation>カメラの毎秒フレーム数</translation>
  </message>
  <message>
   <source>Bodies a second</source>
   <translation>毎秒の推定回数</translation>
  </message>
  <message>
   <source>Time from a picture to its body: median, and 95th percentile</source>
   <translation>映像から体までの時間（中央値と 95 パーセンタイル）</translation>
  </message>
  <message>
   <source>Pictures left out, because newer ones were there</source>
   <translation>新しいフレームがあるため省いたフレーム</translation>
  </message>
  <message>
   <source>Engine, and where it runs</source>
   <translation>エンジンと実行デバイス</translation>
  </message>
  <message>
   <source>Receivers that are sent to</source>
   <translation>送信中の送信先</translation>
  </message>
  <message>
   <source>Recording time</source>
   <translation>収録時間</translation>
  </message>
  <message>
   <source>Room left on the disk of the takes</source>
   <translation>テイクの保存先の空き容量</translation>
  </message>
  <message>
   <source>Stopped</source>
   <translation>停止中</translation>
  </message>
  <message>
   <source>Starting …</source>
   <translation>開始中…</translation>
  </message>
  <message>
   <source>Live</source>
   <translation>ライブ</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>停止中…</translation>
  </message>
  <message>
   <source>Frozen</source>
   <translation>静止中</translation>
  </message>
  <message>
   <source>camera lost: reconnecting</source>
   <translation>カメラ切断: 再接続中</translation>
  </message>
  <message>
   <source>camera {fps:.1f} fps</source>
   <translation>カメラ {fps:.1f} fps</translation>
  </message>
  <message>
   <source>engine {fps:.1f} fps</source>
   <translation>エンジン {fps:.1f} fps</translation>
  </message>
  <message>
   <source>latency {p50:.0f} / {p95:.0f} ms</source>
   <translation>遅延 {p50:.0f} / {p95:.0f} ms</translation>
  </message>
  <message numerus="yes">
   <source>%n dropped</source>
   <translation>
    <numerusform>ドロップ %n</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n receiver(s)</source>
   <translation>
    <numerusform>送信先 %n</numerusform>
   </translation>
  </message>
  <message>
   <source>paused {time}</source>
   <translation>一時停止 {time}</translation>
  </message>
  <message>
   <source>REC {time}</source>
   <translation>REC {time}</translation>
  </message>
  <message>
   <source>{left:.0f} GB left</source>
   <translation>空き {left:.0f} GB</translation>
  </message>
  <message>
   <source>Try the GPU again</source>
   <translation>GPU をもう一度試す</translation>
  </message>
  <message>
   <source>The GPU failed or could not be used; another device runs in its place</source>
   <translation>GPU に問題が起きたか使用できないため、別のデバイスで動いています</translation>
  </message>
  <message>
   <source>Done once on this computer; another device runs meanwhile</source>
   <translation>このコンピューターで一度だけ行います。その間は別のデバイスで動きます</translation>
  </message>
  <message>
   <source>preparing the GPU: {network} {share:.0%}</source>
   <translation>GPU を準備中: {network} {share:.0%}</translation>
  </message>
  <message>
   <source>Measuring …</source>
   <translation>測定中…</translation>
  </message>
  <message>
   <source>{engine} on the {device}</source>
   <translation>{engine}（{device}）</translation>
  </message>
 </context>
 <context>
  <name>StepCard</name>
  <message>
   <source>good</source>
   <translation>良好</translation>
  </message>
  <message>
   <source>usable</source>
   <translation>使用可</translation>
  </message>
  <message>
   <source>doubtful</source>
   <translation>不確か</translation>
  </message>
  <message>
   <source>not measured</source>
   <translation>未測定</translation>
  </message>
  <message>
   <source>{width} x {height}, focal length {focal:.0f} ± {sigma:.0f} px</source>
   <translation>{width} x {height}、焦点距離 {focal:.0f} ± {sigma:.0f} px</translation>
  </message>
  <message>
   <source>lens at {height:.2f} m, looks {pitch:.1f}° down, rolled {roll:.1f}°</source>
   <translation>レンズの高さ {height:.2f} m、下向き {pitch:.1f}°、傾き {roll:.1f}°</translation>
  </message>
  <message>
   <source>lens at {height:.2f} m, looks {pitch:.1f}° up, rolled {roll:.1f}°</source>
   <translation>レンズの高さ {height:.2f} m、上向き {pitch:.1f}°、傾き {roll:.1f}°</translation>
  </message>
  <message>
   <source>{stature:.2f} m tall</source>
   <translation>身長 {stature:.2f} m</translation>
  </message>
  <message>
   <source>about {stature:.2f} m tall, as estimated</source>
   <translation>身長 約 {stature:.2f} m（推定）</translation>
  </message>
  <message>
   <source>of another camera</source>
   <translation>別のカメラのもの</translation>
  </message>
 </context>
 <context>
  <name>StreamingPanel</name>
  <message>
   <source>Send to one more program</source>
   <translation>送信するプログラムを追加します</translation>
  </message>
  <message>
   <source>No receivers. Add the program that shows your avatar, or that records.</source>
   <translation>送信先がありません。アバターを表示、または収録するプログラムを追加してください。</translation>
  </message>
  <message>
   <source>Nothing moves? Play the test pattern, and look at the receiver's port with the monitor while the receiver is closed. On another computer, its firewall must let the port in (UDP; TCP for WebSocket).</source>
   <translation>動かないときは、テストパターンを再生し、受信側を閉じた状態で、そのポートをモニターで確認してください。別のコンピューターでは、ファイアウォールでポートの許可が必要です（UDP、WebSocket は TCP）。</translation>
  </message>
  <message>
   <source>&amp;Other …</source>
   <translation>その他(&amp;O)…</translation>
  </message>
  <message>
   <source>Your motion leaves this computer.</source>
   <translation>モーションが PC の外に出ます。</translation>
  </message>
  <message>
   <source>Another row sends to this address too.</source>
   <translation>同じアドレスの送信先がほかにもあります。</translation>
  </message>
  <message>
   <source>Removed {what}.</source>
   <translation>{what} を削除しました。</translation>
  </message>
  <message>
   <source>&amp;Add</source>
   <translation>追加(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Monitor …</source>
   <translation>モニター(&amp;M)…</translation>
  </message>
  <message>
   <source>Packet monitor: see what arrives at a port of this computer</source>
   <translation>パケットモニター: このコンピューターのポートに届く内容を表示します</translation>
  </message>
 </context>
 <context>
  <name>SyntheticPage</name>
  <message>
   <source>What the drawn person does</source>
   <translation>描画された人物の動き</translation>
  </message>
  <message>
   <source>&amp;Motion</source>
   <translation>動き(&amp;M)</translation>
  </message>
  <message>
   <source>Walking</source>
   <translation>歩く</translation>
  </message>
  <message>
   <source>Waving</source>
   <translation>手を振る</translation>
  </message>
  <message>
   <source>Turning round</source>
   <translation>ぐるりと回る</translation>
  </message>
  <message>
   <source>Sitting down and standing up</source>
   <translation>座る・立つ</translation>
  </message>
  <message>
   <source>Face, close</source>
   <translation>顔のアップ</translation>
  </message>
  <message>
   <source>Hands, close</source>
   <translation>手のアップ</translation>
  </message>
 </context>
 <context>
  <name>TakeDelegate</name>
  <message>
   <source>{length} · {date}</source>
   <translation>{length} · {date}</translation>
  </message>
  <message>
   <source>{frames} frames, {fps} fps, {engine}</source>
   <translation>{frames} フレーム、{fps} fps、{engine}</translation>
  </message>
  <message>
   <source>{frames} frames, {fps} fps</source>
   <translation>{frames} フレーム、{fps} fps</translation>
  </message>
  <message>
   <source>cannot be read</source>
   <translation>読み取れません</translation>
  </message>
  <message>
   <source>being recorded</source>
   <translation>収録中</translation>
  </message>
  <message>
   <source>was cut off; can be recovered</source>
   <translation>中断（復元できます）</translation>
  </message>
  <message>
   <source>recovered; {rates}</source>
   <translation>復元: {rates}</translation>
  </message>
 </context>
 <context>
  <name>TakeDetails</name>
  <message>
   <source>Reco&amp;ver</source>
   <translation>復元(&amp;V)</translation>
  </message>
  <message>
   <source>Make a take of what was written before the end.</source>
   <translation>中断までに書かれた内容からテイクを作ります。</translation>
  </message>
  <message>
   <source>{takes} takes, {length}, {size}</source>
   <translation>{takes} テイク、{length}、{size}</translation>
  </message>
  <message>
   <source>of {source}</source>
   <translation>ソース {source}</translation>
  </message>
  <message>
   <source>{drops} dropped</source>
   <translation>ドロップ {drops}</translation>
  </message>
  <message>
   <source>{marks} marked</source>
   <translation>マーク {marks}</translation>
  </message>
  <message>
   <source>{persons} persons</source>
   <translation>{persons} 人</translation>
  </message>
  <message>
   <source>profile {name}</source>
   <translation>プロファイル {name}</translation>
  </message>
  <message>
   <source>with video</source>
   <translation>映像あり</translation>
  </message>
  <message>
   <source>with a second pass</source>
   <translation>2 パス目あり</translation>
  </message>
  <message>
   <source>, </source>
   <translation>、</translation>
  </message>
  <message>
   <source>The program ended while this was recorded. What was written is kept.</source>
   <translation>収録中にプログラムが終了しました。書き込まれた分は残っています。</translation>
  </message>
  <message>
   <source>Stop the recording, and it can be played.</source>
   <translation>収録を停止すると再生できます。</translation>
  </message>
  <message>
   <source>The recording was cut off; this is what could be saved of it.</source>
   <translation>収録が中断されました。これは復元できた部分です。</translation>
  </message>
 </context>
 <context>
  <name>TakePlayer</name>
  <message>
   <source>No receiver is on: switch one on in the streaming panel.</source>
   <translation>オンの送信先がありません。「送信」パネルでオンにしてください。</translation>
  </message>
 </context>
 <context>
  <name>TakesPanel</name>
  <message>
   <source>Search takes</source>
   <translation>テイクを検索</translation>
  </message>
  <message>
   <source>Words of the name, the date, the engine or the source</source>
   <translation>名前・日付・エンジン・ソースの語句</translation>
  </message>
  <message>
   <source>Takes</source>
   <translation>テイク</translation>
  </message>
  <message>
   <source>&amp;Play</source>
   <translation>再生(&amp;P)</translation>
  </message>
  <message>
   <source>Play the s&amp;econd pass</source>
   <translation>2 パス目を再生(&amp;E)</translation>
  </message>
  <message>
   <source>E&amp;xport …</source>
   <translation>出力(&amp;X)…</translation>
  </message>
  <message>
   <source>Make a second &amp;pass</source>
   <translation>2 パス目を作成(&amp;P)</translation>
  </message>
  <message>
   <source>Re&amp;name</source>
   <translation>名前を変更(&amp;N)</translation>
  </message>
  <message>
   <source>Open the &amp;folder</source>
   <translation>フォルダーを開く(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;Move to the trash</source>
   <translation>ゴミ箱に移動(&amp;M)</translation>
  </message>
  <message>
   <source>Making a second pass of {name} …</source>
   <translation>{name} の 2 パス目を作成しています…</translation>
  </message>
  <message>
   <source>{name} is in the trash.</source>
   <translation>{name} をゴミ箱に移動しました。</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>元に戻す(&amp;U)</translation>
  </message>
  <message>
   <source>{reason}

Delete this take for good? It cannot be brought back.</source>
   <translation>{reason}

このテイクを完全に削除しますか？元に戻せません。</translation>
  </message>
  <message>
   <source>No trash here</source>
   <translation>ゴミ箱がありません</translation>
  </message>
  <message>
   <source>Ready: {name}</source>
   <translation>完了: {name}</translation>
  </message>
 </context>
 <context>
  <name>TargetEditor</name>
  <message>
   <source>Receiver</source>
   <translation>受信側</translation>
  </message>
  <message>
   <source>&amp;Protocol</source>
   <translation>プロトコル(&amp;P)</translation>
  </message>
  <message>
   <source>&amp;Host</source>
   <translation>ホスト(&amp;H)</translation>
  </message>
  <message>
   <source>P&amp;ort</source>
   <translation>ポート(&amp;O)</translation>
  </message>
  <message>
   <source>As &amp;text, for the command line</source>
   <translation>コマンドライン用のテキスト(&amp;T)</translation>
  </message>
  <message>
   <source>{port} (usual)</source>
   <translation>{port}（標準）</translation>
  </message>
  <message>
   <source>There is a receiver like this already; change something</source>
   <translation>同じ送信先が既にあります。内容を変えてください</translation>
  </message>
  <message>
   <source>Another computer: your motion leaves this one.</source>
   <translation>別のコンピューター: モーションが外に出ます。</translation>
  </message>
  <message>
   <source>Others on the network can connect: your motion leaves this computer.</source>
   <translation>ネットワーク上のほかの機器も接続でき、モーションが外に出ます。</translation>
  </message>
 </context>
 <context>
  <name>TargetForms</name>
  <message>
   <source>Rate</source>
   <translation>レート</translation>
  </message>
  <message>
   <source>Most frames a second: 1 to 200, or native</source>
   <translation>毎秒の最大フレーム数: 1〜200、または native</translation>
  </message>
  <message>
   <source>Even rate</source>
   <translation>等間隔</translation>
  </message>
  <message>
   <source>Make frames in between, so that exactly so many are sent; needs a rate</source>
   <translation>フレームを補い、指定した数を正確に送ります（レートの指定が必要）</translation>
  </message>
  <message>
   <source>Receiver</source>
   <translation>受信側</translation>
  </message>
  <message>
   <source>The program that receives: sets what it likes</source>
   <translation>受信するプログラム。適した設定になります</translation>
  </message>
  <message>
   <source>Send</source>
   <translation>送信内容</translation>
  </message>
  <message>
   <source>What is sent; face is the expressions</source>
   <translation>送る内容（顔は表情のこと）</translation>
  </message>
  <message>
   <source>Face names</source>
   <translation>表情名</translation>
  </message>
  <message>
   <source>My avatar</source>
   <translation>アバター</translation>
  </message>
  <message>
   <source>A .vrm file: the motion is fitted to that avatar's skeleton</source>
   <translation>.vrm ファイル: そのアバターの骨格に動きを合わせます</translation>
  </message>
  <message>
   <source>Turn</source>
   <translation>回転</translation>
  </message>
  <message>
   <source>180 for an avatar that faces backwards</source>
   <translation>後ろを向くアバターには 180</translation>
  </message>
  <message>
   <source>Role</source>
   <translation>役割</translation>
  </message>
  <message>
   <source>assistant sends face and fingers only, to another performer</source>
   <translation>assistant は、別の演者に顔と指だけを送ります</translation>
  </message>
  <message>
   <source>Packets</source>
   <translation>パケット</translation>
  </message>
  <message>
   <source>split: small bundles; frame: one bundle a frame; messages: none</source>
   <translation>split: 小さなバンドル、frame: 1 フレーム 1 バンドル、messages: なし</translation>
  </message>
  <message>
   <source>Root form</source>
   <translation>ルート形式</translation>
  </message>
  <message>
   <source>2.1 adds scale and offset</source>
   <translation>2.1 はスケールとオフセットを追加</translation>
  </message>
  <message>
   <source>Listen at</source>
   <translation>受信ポート</translation>
  </message>
  <message>
   <source>Port at which commands of the receiver are heeded; empty for none</source>
   <translation>受信側からのコマンドを受けるポート。空欄で無効</translation>
  </message>
  <message>
   <source>Trackers, gaze, and face parameters of avatars</source>
   <translation>トラッカー、視線、アバターの顔パラメーター</translation>
  </message>
  <message>
   <source>Trackers</source>
   <translation>トラッカー</translation>
  </message>
  <message>
   <source>Fewer often look better</source>
   <translation>少ないほうが良く見えることがよくあります</translation>
  </message>
  <message>
   <source>Your height</source>
   <translation>身長</translation>
  </message>
  <message>
   <source>Metres: everything is scaled to it</source>
   <translation>メートル: すべてこの身長に合わせます</translation>
  </message>
  <message>
   <source>Prefix</source>
   <translation>接頭辞</translation>
  </message>
  <message>
   <source>Before v2/ in parameter names; some want FT/</source>
   <translation>パラメーター名の v2/ の前。FT/ が必要なものもあります</translation>
  </message>
  <message>
   <source>Port to which VRChat sends the headset's pose, usually 9001</source>
   <translation>VRChat がヘッドセットの姿勢を送るポート（標準は 9001）</translation>
  </message>
  <message>
   <source>Announce</source>
   <translation>通知</translation>
  </message>
  <message>
   <source>Let VRChat find that port by itself (OSCQuery)</source>
   <translation>VRChat がポートを自動で見つけます (OSCQuery)</translation>
  </message>
  <message>
   <source>Persons</source>
   <translation>人数</translation>
  </message>
  <message>
   <source>Most persons that are sent</source>
   <translation>送る最大人数</translation>
  </message>
  <message>
   <source>Web sites</source>
   <translation>ウェブサイト</translation>
  </message>
  <message>
   <source>Subject</source>
   <translation>サブジェクト</translation>
  </message>
  <message>
   <source>The name that Unreal lists</source>
   <translation>Unreal の一覧に出る名前</translation>
  </message>
  <message>
   <source>Angles</source>
   <translation>角度</translation>
  </message>
  <message>
   <source>Form</source>
   <translation>形式</translation>
  </message>
  <message>
   <source>Form of the message, as the receiver wants it</source>
   <translation>受信側に合わせたメッセージの形式</translation>
  </message>
  <message>
   <source>Answer greetings there as the phone does; empty for not</source>
   <translation>スマートフォンと同じように応答するポート。空欄で無効</translation>
  </message>
  <message>
   <source>Names of expressions; a model that knows two sets moves twice</source>
   <translation>表情の名前。両方に対応するモデルは 2 重に動きます</translation>
  </message>
  <message>
   <source>Sites whose pages may read your motion: https://your.site</source>
   <translation>モーションを読めるページのサイト: https://your.site</translation>
  </message>
  <message>
   <source>What a degree of the head is to the receiver</source>
   <translation>受信側での頭の 1 度あたりの値</translation>
  </message>
  <message>
   <source>any other</source>
   <translation>その他</translation>
  </message>
 </context>
 <context>
  <name>TargetLight</name>
  <message>
   <source>T-pose</source>
   <translation>T ポーズ</translation>
  </message>
  <message>
   <source>wave with the right hand</source>
   <translation>右手を振る</translation>
  </message>
  <message>
   <source>blink</source>
   <translation>まばたき</translation>
  </message>
  <message>
   <source>A, I, U, E, O</source>
   <translation>あ・い・う・え・お</translation>
  </message>
  <message>
   <source>walk in place</source>
   <translation>その場で歩く</translation>
  </message>
  <message>
   <source>off</source>
   <translation>オフ</translation>
  </message>
  <message>
   <source>opening …</source>
   <translation>開いています…</translation>
  </message>
  <message>
   <source>starts with the camera</source>
   <translation>カメラと同時に開始</translation>
  </message>
  <message>
   <source>begins …</source>
   <translation>始まります…</translation>
  </message>
  <message>
   <source>test pattern: {part}</source>
   <translation>テストパターン: {part}</translation>
  </message>
  <message>
   <source>open; nothing to send at the moment</source>
   <translation>接続済み、今は送るものがありません</translation>
  </message>
  <message>
   <source>sending {rate} packets/s</source>
   <translation>送信中 毎秒 {rate} パケット</translation>
  </message>
  <message>
   <source>nobody listens there: start the receiver</source>
   <translation>受信がありません。受信側を起動してください</translation>
  </message>
  <message>
   <source>waits for a client to connect</source>
   <translation>クライアントの接続待ち</translation>
  </message>
 </context>
 <context>
  <name>TargetRow</name>
  <message>
   <source>Stop the test pattern</source>
   <translation>テストパターンを停止</translation>
  </message>
  <message>
   <source>Send a test pattern: T-pose, wave, blink, vowels, walk; no camera needed</source>
   <translation>テストパターンを送信: T ポーズ、手振り、まばたき、母音、歩行（カメラ不要）</translation>
  </message>
  <message>
   <source>Test pattern</source>
   <translation>テストパターン</translation>
  </message>
  <message>
   <source>More about this receiver</source>
   <translation>この送信先の操作</translation>
  </message>
  <message>
   <source>Edit, duplicate, copy, remove</source>
   <translation>編集、複製、コピー、削除</translation>
  </message>
  <message>
   <source>&amp;Edit …</source>
   <translation>編集(&amp;E)…</translation>
  </message>
  <message>
   <source>&amp;Duplicate</source>
   <translation>複製(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;Copy for the command line</source>
   <translation>コマンドライン用にコピー(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Remove</source>
   <translation>削除(&amp;R)</translation>
  </message>
  <message>
   <source>Send to {name}</source>
   <translation>{name} に送信</translation>
  </message>
  <message>
   <source>Send the motion there</source>
   <translation>ここにモーションを送ります</translation>
  </message>
 </context>
 <context>
  <name>TrackingPanel</name>
  <message>
   <source>Mirror my &amp;motion</source>
   <translation>動きを左右反転(&amp;M)</translation>
  </message>
  <message>
   <source>&amp;Freeze</source>
   <translation>静止(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;Recentre</source>
   <translation>中央に戻す(&amp;R)</translation>
  </message>
  <message>
   <source>Pose</source>
   <translation>ポーズ</translation>
  </message>
  <message>
   <source>Hold the present pose, in the view and for all receivers, until pressed again</source>
   <translation>もう一度押すまで、今のポーズを表示とすべての送信先で保ちます</translation>
  </message>
  <message>
   <source>Take the place where you stand now as the middle</source>
   <translation>今立っている位置を中央にします</translation>
  </message>
  <message>
   <source>Follow</source>
   <translation>追従</translation>
  </message>
  <message>
   <source>At a desk the legs are out of view: at rest they do not jump about</source>
   <translation>机では脚が映りません。休ませれば暴れません</translation>
  </message>
  <message>
   <source>&amp;Legs</source>
   <translation>脚(&amp;L)</translation>
  </message>
  <message>
   <source>The avatar lifts its left hand when you lift your right, as in a mirror</source>
   <translation>鏡のように、右手を上げるとアバターは左手を上げます</translation>
  </message>
  <message>
   <source>Smoothing</source>
   <translation>スムージング</translation>
  </message>
  <message>
   <source>More is steadier, and later. Double-click a name to reset it.</source>
   <translation>大きいほど安定し、遅れます。名前のダブルクリックでリセット。</translation>
  </message>
  <message>
   <source>R&amp;eset all</source>
   <translation>すべてリセット(&amp;E)</translation>
  </message>
  <message>
   <source>Put the smoothing of every part back to 1</source>
   <translation>すべての部位のスムージングを 1 に戻します</translation>
  </message>
  <message>
   <source>&amp;Body</source>
   <translation>体(&amp;B)</translation>
  </message>
  <message>
   <source>Posture, head, arms and legs</source>
   <translation>姿勢、頭、腕、脚</translation>
  </message>
  <message>
   <source>&amp;Hands</source>
   <translation>手(&amp;H)</translation>
  </message>
  <message>
   <source>Wrists and fingers</source>
   <translation>手首と指</translation>
  </message>
  <message>
   <source>F&amp;ace</source>
   <translation>顔(&amp;A)</translation>
  </message>
  <message>
   <source>Expression: brows, cheeks and mouth</source>
   <translation>表情: 眉、頬、口</translation>
  </message>
  <message>
   <source>E&amp;yes</source>
   <translation>目(&amp;Y)</translation>
  </message>
  <message>
   <source>Where you look, and your eyelids</source>
   <translation>視線とまぶた</translation>
  </message>
  <message>
   <source>&amp;Jaw</source>
   <translation>あご(&amp;J)</translation>
  </message>
  <message>
   <source>Opening of the mouth</source>
   <translation>口の開き</translation>
  </message>
  <message>
   <source>&amp;Place</source>
   <translation>位置(&amp;P)</translation>
  </message>
  <message>
   <source>Where you stand; off, the body stays in the middle</source>
   <translation>立つ位置。オフでは体が中央にとどまります</translation>
  </message>
  <message>
   <source>Rest while out of view</source>
   <translation>映らない間は休ませる</translation>
  </message>
  <message>
   <source>Always rest (upper body only)</source>
   <translation>常に休ませる（上半身のみ）</translation>
  </message>
  <message>
   <source>Always follow</source>
   <translation>常に追従</translation>
  </message>
  <message>
   <source>Body</source>
   <translation>体</translation>
  </message>
  <message>
   <source>Smoothing of posture, head, arms and legs</source>
   <translation>姿勢・頭・腕・脚のスムージング</translation>
  </message>
  <message>
   <source>Hands</source>
   <translation>手</translation>
  </message>
  <message>
   <source>Smoothing of wrists and fingers</source>
   <translation>手首と指のスムージング</translation>
  </message>
  <message>
   <source>Face and eyes</source>
   <translation>顔と目</translation>
  </message>
  <message>
   <source>Smoothing of expression, jaw and gaze</source>
   <translation>表情・あご・視線のスムージング</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>Smoothing of where you stand</source>
   <translation>立つ位置のスムージング</translation>
  </message>
  <message>
   <source>Un&amp;freeze</source>
   <translation>静止を解除(&amp;F)</translation>
  </message>
 </context>
 <context>
  <name>UndoBar</name>
  <message>
   <source>&amp;Undo</source>
   <translation>元に戻す(&amp;U)</translation>
  </message>
  <message>
   <source>Take it back</source>
   <translation>元に戻します</translation>
  </message>
 </context>
 <context>
  <name>Viewport</name>
  <message>
   <source>3D view</source>
   <translation>3D ビュー</translation>
  </message>
  <message>
   <source>The 3D view needs OpenGL 3.3. Everything else works without.</source>
   <translation>3D ビューには OpenGL 3.3 が必要です。ほかの機能は使えます。</translation>
  </message>
 </context>
 <context>
  <name>_Row</name>
  <message>
   <source>{take}: {format}</source>
   <translation>{take}: {format}</translation>
  </message>
  <message>
   <source>waiting</source>
   <translation>待機中</translation>
  </message>
  <message>
   <source>Show in folder</source>
   <translation>フォルダーを表示</translation>
  </message>
  <message>
   <source>cancelled</source>
   <translation>キャンセル済み</translation>
  </message>
 </context>
</TS>
