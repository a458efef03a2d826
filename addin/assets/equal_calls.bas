' The answer to an equal call of the same calculation, or that of Python: a plan asks for many things twice.
Private Function Answer(name As String, arguments As Variant) As Variant
    Dim key As String, found As Variant
    key = CallKey(name, arguments)
    If key = "" Then
        Answer = Ask(name, arguments)
        Exit Function
    End If
    If Not ThisWorkbook.Known(key, found) Then
        found = Ask(name, arguments)
        ThisWorkbook.Remember key, found
    End If
    Answer = found
End Function

' What tells a call of single cells from any other; "" for a call with more of them than single ones.
Private Function CallKey(name As String, arguments As Variant) As String
    Dim place As Long, value As Variant, key As String
    On Error GoTo none
    key = name
    For place = LBound(arguments) To UBound(arguments)
        If IsMissing(arguments(place)) Then
            key = key & "|"
        Else
            If IsObject(arguments(place)) Then
                If arguments(place).Count > 1 Then Exit Function
                value = arguments(place).Value2
            Else
                value = arguments(place)
            End If
            If IsArray(value) Then Exit Function
            key = key & "|" & VarType(value) & ":" & Len(CStr(value)) & ":" & CStr(value)
            ' The digits that CStr leaves out.
            If VarType(value) = vbDouble Then key = key & ":" & CStr(value - CDbl(CStr(value)))
        End If
    Next place
    CallKey = key
none:
End Function
