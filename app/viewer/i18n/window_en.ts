<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>RecordPanel</name>
  <message numerus="yes">
   <source>%n frame(s)</source>
   <translation>
    <numerusform>%n frame</numerusform>
    <numerusform>%n frames</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Save the &amp;last %n second(s)</source>
   <translation>
    <numerusform>Save the &amp;last second</numerusform>
    <numerusform>Save the &amp;last %n seconds</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>SessionActions</name>
  <message numerus="yes">
   <source>Save the &amp;last %n s</source>
   <translation>
    <numerusform>Save the &amp;last %n s</numerusform>
    <numerusform>Save the &amp;last %n s</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message numerus="yes">
   <source>%n dropped</source>
   <translation>
    <numerusform>%n dropped</numerusform>
    <numerusform>%n dropped</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n receiver(s)</source>
   <translation>
    <numerusform>%n receiver</numerusform>
    <numerusform>%n receivers</numerusform>
   </translation>
  </message>
 </context>
</TS>
