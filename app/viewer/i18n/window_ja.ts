<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
 <context>
  <name>CameraActions</name>
  <message>
   <source>&amp;Mirror the picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Landmarks</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Box and number</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Regions of hands and face</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>B&amp;ody over the picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Turn by 90°</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Show the picture as in a mirror; what is sent and recorded stays as it is</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where the networks look for hands and face</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Draw the body over the picture; takes some computing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Turn the picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;{0}° clockwise</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Not turned</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Turn the picture clockwise, for a camera on its side</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The synthetic person cannot be turned</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>CameraStep</name>
  <message>
   <source>Looking for cameras …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Which camera looks at you?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Best is a view from the front, with light on your face. From head to foot for the whole body; waist up is enough for face, hands and arms.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Look again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No camera: the demo clip, a person who walks</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No camera was found. Plug one in and look again, or begin with the demo clip.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>CameraView</name>
  <message>
   <source>Camera picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Frozen</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>EmptyCamera</name>
  <message>
   <source>&amp;Start</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start with the chosen source</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Choose a source</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open the panel with cameras, files and addresses</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try the &amp;demo clip</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>See the program at work without a camera</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No camera yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose a camera, a video or an address. Pictures stay on this computer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Press Start, or choose another source.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FileField</name>
  <message>
   <source>&amp;Browse …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Avatars (*.vrm);;All files (*)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Your avatar</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FirstRun</name>
  <message>
   <source>First steps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Back</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Next</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Skip all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Step {step} of {count}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Done</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>KeysPage</name>
  <message>
   <source>Start or stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Freeze</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Recentre</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Record</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Save the last seconds</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mark this moment</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mirror the motion</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The keys work while this window has the keyboard, not in other programs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Usual keys</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Two actions have the same key; choose another.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>ExPose Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Source</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tracking</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Streaming</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Record</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Calibration</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stage times</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The camera was lost. Trying again …
{why}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The picture is black. Is there a cover or a privacy switch on the camera, or does another program use it?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starting …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No 3D view: {why}. Everything else works.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Menus</name>
  <message>
   <source>Toolbar</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;File</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open a &amp;video …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open the &amp;demo clip</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Settings …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Session</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;View</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Body</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Surface</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>S&amp;keleton</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Surface &amp;and skeleton</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Wireframe</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Look from</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Front</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Side</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Top</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Reset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;3D view</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Mirror the picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Theme</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Light</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Lan&amp;guage</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>As the &amp;system</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Help</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;First steps …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy &amp;diagnostics</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open the &amp;log</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;About ExPose Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The language changes with the next start.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open a video</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Videos (*.mp4 *.mkv *.mov *.avi *.webm);;All files (*)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copied: versions, settings and the end of the log; no pictures</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>About ExPose Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&lt;h3&gt;ExPose Live {version}&lt;/h3&gt;&lt;p&gt;One webcam, a whole expressive body.&lt;/p&gt;&lt;p&gt;Everything stays on this computer: no account, no upload, no telemetry. Motion leaves it only where you switch a receiver on that is elsewhere.&lt;/p&gt;&lt;p&gt;Code: Apache-2.0. Open body: CC0. The window uses PyQt5 (GPL v3). See NOTICE in {folder}.&lt;/p&gt;</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MessageBar</name>
  <message>
   <source>Dismiss the message</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Something went wrong in the program itself: {what}. It goes on; the log file has the details.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MonitorDialog</name>
  <message>
   <source>Packet monitor</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Port</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Usual port of a protocol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Who is heard</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>this computer only</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>others on the network too</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Listen</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Pause</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep what is shown, to read it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Clear</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Forget what has come</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Count</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Per second</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gaps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Longest, ms</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Last</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>P&amp;ort</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not listening.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Port {port} is in use by another program: close the receiver while you look, or listen at another port and send there.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Paused: it goes on counting, and shows it when you go on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>S&amp;top</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Listening at port {port}: nothing has come yet.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} packets, {bad} of them cannot be read: {why}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} packets; the largest has {size} bytes and travels in pieces on a network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} packets, {size} KB, the largest {largest} bytes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>from {sender}: {count} packets</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>NumberField</name>
  <message>
   <source>not set</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PlayerBar</name>
  <message>
   <source>Close the take, back to the camera</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One frame back</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Play</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One frame on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Play again and again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send the take to the receivers; a running camera is stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Speed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How fast it plays</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{speed} x</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The part begins here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The part ends here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Whole</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the whole take again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Save part</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make a take of the chosen part; the whole one stays.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Export the chosen part</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{now} of {whole}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pause</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Preferences</name>
  <message>
   <source>Settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Profiles</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Keys</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PreviewStep</name>
  <message>
   <source>Do you see yourself?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Everything stays on this computer. No picture is sent or stored, there is no account and no telemetry. Motion is sent only to receivers that you switch on; pictures are recorded only where you ask for it.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ProfilesPage</name>
  <message>
   <source>A profile holds everything that the window remembers: source, tracking, receivers, recording, keys.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Saved profiles</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Save as …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Load</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Delete</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Import …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Export …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Reset all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Save profile</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Saved as {name}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{name} is in use.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Move the profile {name} to the trash?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete profile</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Import settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings (*.toml)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Export settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Written to {path}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set everything back to how it was at first?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reset all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Everything is as it was at first.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>RecordOptions</name>
  <message>
   <source>Take</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>optional</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The name of the next takes; the date is added.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>C&amp;hange …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Record into another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Usual folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Record into the folder in your documents.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Times</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time to get into place, counted aloud, before a take begins.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>C&amp;ountdown</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>nothing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How much of the past 'Save the last seconds' can reach; motion only.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Keep in memory</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>never</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ends a take by itself after this time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop &amp;after</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source> s</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pictures</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Record the camera's &amp;video</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Needed for overlay videos, and to compare with later.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The camera's pictures are saved in the take's folder. They stay on this computer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes hold motion only: no picture of you is saved.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of takes</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>RecordPanel</name>
  <message>
   <source>&amp;Pause</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Leave out what happens until you go on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Mark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mark this moment. Marks show on the bar when the take is played.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Record</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Cancel</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Saving …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start the &amp;camera</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Go on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes are recorded of a running camera.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The camera is not ready yet.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>End the take and save it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Begin no take after all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Begin a take after the countdown.</source>
   <translation type="unfinished" />
  </message>
  <message numerus="yes">
   <source>%n frame(s)</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>&amp;Mark ({count})</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{room} free</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Saved: {name}. &lt;a href="open"&gt;Show the folder&lt;/a&gt;</source>
   <translation type="unfinished" />
  </message>
  <message numerus="yes">
   <source>Save the &amp;last %n second(s)</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>Make a take of what just happened, without having pressed Record.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Save the &amp;last seconds</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set below how many seconds to keep in memory.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>RecordingDesk</name>
  <message>
   <source>Nothing is kept to save from: set how many seconds to keep first.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No pictures are coming; the take goes on when they do.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing was recorded: no pictures came. Check the camera.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The countdown was called off: the camera was stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The take was finished, because the camera was stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only {room} MB are left on the disk of the takes.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ScrubBar</name>
  <message>
   <source>Place in the take</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Drag to move about; drag the corners to choose a part. Arrow keys go by one frame.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SendStep</name>
  <message>
   <source>Where should it go?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the program that shows your avatar. More can be added later, under Streaming, where a test pattern shows whether it arrives.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nowhere for now: I record, or only look</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SessionActions</name>
  <message>
   <source>&amp;Start</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Freeze</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Re&amp;centre</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Record</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Mark this moment</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mirror the m&amp;otion</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Take the performer's place as the origin</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Hold the pose, here and for all receivers</source>
   <translation type="unfinished" />
  </message>
  <message numerus="yes">
   <source>Save the &amp;last %n s</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;End the take</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SmoothingRow</name>
  <message>
   <source>+{0} ms</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0}
0 is none; double-click goes back to {1:g}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delay that this smoothing adds, at typical motion</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SpeedStep</name>
  <message>
   <source>&amp;Measure</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How quick is this computer?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Up to five settings are tried for a few seconds each, the best first, until one follows the camera. Stand in view meanwhile, with both hands visible.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Trying: {what} …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>In use: {what}. {fps:.0f} of {camera:.0f} pictures a second, {age:.0f} ms behind you.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No setting follows the camera. In use is the quickest: {what}. {fps:.0f} of {camera:.0f} pictures a second, {age:.0f} ms behind you. Close other programs, or choose a smaller picture.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not measured: {why}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SpeedTest</name>
  <message>
   <source>body, both hands and face in every picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>body and face, hands in turn</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the same from a smaller picture</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>body and hands in turn, no face</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>body only</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>it took too long</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>StagePlot</name>
  <message>
   <source>Time of each stage</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>capture to publish</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start the camera to see times</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>milliseconds, last minute</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message>
   <source>What the camera does</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pictures a second from the camera</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bodies a second</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time from a picture to its body: median, and 95th percentile</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pictures left out, because newer ones were there</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Engine, and where it runs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Receivers that are sent to</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Recording time</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Room left on the disk of the takes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starting …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopping …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Frozen</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>camera lost: reconnecting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>camera {fps:.1f} fps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>engine {fps:.1f} fps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>latency {p50:.0f} / {p95:.0f} ms</source>
   <translation type="unfinished" />
  </message>
  <message numerus="yes">
   <source>%n dropped</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>{engine} on {device}</source>
   <translation type="unfinished" />
  </message>
  <message numerus="yes">
   <source>%n receiver(s)</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>paused {time}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>REC {time}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{left:.0f} GB left</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>StreamingPanel</name>
  <message>
   <source>&amp;Add receiver</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send to one more program</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Packet &amp;monitor …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>See what arrives at a port of this computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No receivers. Add the program that shows your avatar, or that records.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing moves? Play the test pattern, and look at the receiver's port with the monitor while the receiver is closed. On another computer, its firewall must let the port in (UDP; TCP for WebSocket).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Other …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Your motion leaves this computer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Another row sends to this address too.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Removed {what}.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TakeDelegate</name>
  <message>
   <source>{length} · {date}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{frames} frames, {fps} fps, {engine}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{frames} frames, {fps} fps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>cannot be read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>being recorded</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>was cut off; can be recovered</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>recovered; {rates}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TakeDetails</name>
  <message>
   <source>Reco&amp;ver</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make a take of what was written before the end.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{takes} takes, {length}, {size}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>of {source}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{drops} dropped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{marks} marked</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{persons} persons</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>profile {name}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>with video</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>with a second pass</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>, </source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The program ended while this was recorded. What was written is kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop the recording, and it can be played.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recording was cut off; this is what could be saved of it.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TakePlayer</name>
  <message>
   <source>No receiver is on: switch one on in the streaming panel.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TargetEditor</name>
  <message>
   <source>Receiver</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Protocol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Host</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>P&amp;ort</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>As &amp;text, for the command line</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{port} (usual)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is a receiver like this already; change something</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Another computer: your motion leaves this one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Others on the network can connect: your motion leaves this computer.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TargetForms</name>
  <message>
   <source>Rate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most frames a second: 1 to 200, or native</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Even rate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make frames in between, so that exactly so many are sent; needs a rate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Receiver</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The program that receives: sets what it likes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What is sent; face is the expressions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Face names</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>My avatar</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A .vrm file: the motion is fitted to that avatar's skeleton</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Turn</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>180 for an avatar that faces backwards</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Role</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>assistant sends face and fingers only, to another performer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Packets</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>split: small bundles; frame: one bundle a frame; messages: none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Root form</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>2.1 adds scale and offset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Listen at</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Port at which commands of the receiver are heeded; empty for none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Trackers, gaze, and face parameters of avatars</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Trackers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fewer often look better</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Your height</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Metres: everything is scaled to it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Prefix</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Before v2/ in parameter names; some want FT/</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Port to which VRChat sends the headset's pose, usually 9001</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Announce</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Let VRChat find that port by itself (OSCQuery)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Persons</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most persons that are sent</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Web sites</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Subject</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The name that Unreal lists</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Angles</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Unit of the head's angles; Unreal reads half-turns</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Form</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Form of the message, as the receiver wants it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Answer greetings there as the phone does; empty for not</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TargetLight</name>
  <message>
   <source>T-pose</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>wave with the right hand</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>blink</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A, I, U, E, O</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>walk in place</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TargetRow</name>
  <message>
   <source>Stop the test pattern</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send a test pattern: T-pose, wave, blink, vowels, walk; no camera needed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Test pattern</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>More about this receiver</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Edit, duplicate, copy, remove</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Edit …</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Duplicate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Copy for the command line</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Remove</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send to {name}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send the motion there</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TrackingPanel</name>
  <message>
   <source>Mirror my &amp;motion</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Freeze</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Recentre</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pose</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Hold the present pose, in the view and for all receivers, until pressed again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Take the place where you stand now as the middle</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Follow</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>At a desk the legs are out of view: at rest they do not jump about</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Legs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The avatar lifts its left hand when you lift your right, as in a mirror</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Smoothing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>More is steadier, and later. Double-click a name to reset it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>R&amp;eset all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Put the smoothing of every part back to 1</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Body</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Posture, head, arms and legs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Hands</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wrists and fingers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>F&amp;ace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Expression: brows, cheeks and mouth</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>E&amp;yes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where you look, and your eyelids</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Jaw</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Opening of the mouth</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Place</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where you stand; off, the body stays in the middle</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rest while out of view</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Always rest (upper body only)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Always follow</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Body</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Smoothing of posture, head, arms and legs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Hands</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Smoothing of wrists and fingers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Face and eyes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Smoothing of expression, jaw and gaze</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Place</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Smoothing of where you stand</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Un&amp;freeze</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>UndoBar</name>
  <message>
   <source>&amp;Undo</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Viewport</name>
  <message>
   <source>3D view</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The 3D view needs OpenGL 3.3. Everything else works without.</source>
   <translation type="unfinished" />
  </message>
 </context>
</TS>
