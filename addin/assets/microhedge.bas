' One call of a worksheet function: ranges become values, refusals become real errors.
Private Function Ask(name As String, arguments As Variant) As Variant
    Dim place As Long, last As Long, values() As Variant
    On Error GoTo failed
    last = LastRow(arguments)
    ReDim values(LBound(arguments) To UBound(arguments))
    For place = LBound(arguments) To UBound(arguments)
        If IsObject(arguments(place)) Then
            If arguments(place).Areas.Count > 1 Then ' (A1:A3,A5): not its first area for all of them
                Ask = CVErr(2015)
                Exit Function
            End If
        End If
        ' One array goes over to Python instead of a range that it reads call by call;
        ' Value2 keeps dates and currencies the numbers that they are.
        If IsWholeColumn(arguments, place) Then
            values(place) = arguments(place).Resize(last).Value2
        ElseIf IsObject(arguments(place)) Then
            values(place) = arguments(place).Value2
        ElseIf Not IsMissing(arguments(place)) Then
            values(place) = arguments(place)
        End If
    Next place
    Ask = WithErrors(XLPy.CallUDF("addin.excel", name, values))
    Exit Function
failed:
    Report Err.Description
    Ask = CVErr(2015)
End Function

' Where whole columns end: at the last row in use on any of their sheets, not after a million.
Private Function LastRow(arguments As Variant) As Long
    Dim place As Long, last As Long, used As Object
    For place = LBound(arguments) To UBound(arguments)
        If IsWholeColumn(arguments, place) Then
            Set used = arguments(place).Worksheet.UsedRange
            last = used.Row + used.Rows.Count - 1
            If last > LastRow Then LastRow = last
        End If
    Next place
End Function

Private Function IsWholeColumn(arguments As Variant, place As Long) As Boolean
    If Not IsObject(arguments(place)) Then Exit Function
    IsWholeColumn = (arguments(place).Rows.Count = arguments(place).Worksheet.Rows.Count)
End Function

' An answer in which the text of an Excel error has become that error, element by element.
Private Function WithErrors(ByVal values As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(values) Then
        values = AsError(values)
    ElseIf IsTable(values) Then
        For row = LBound(values, 1) To UBound(values, 1)
            For column = LBound(values, 2) To UBound(values, 2)
                values(row, column) = AsError(values(row, column))
            Next column
        Next row
    Else
        For column = LBound(values) To UBound(values)
            values(column) = AsError(values(column))
        Next column
    End If
    WithErrors = values
End Function

Private Function IsTable(values As Variant) As Boolean
    Dim bound As Long
    On Error GoTo flat
    bound = UBound(values, 2)
    IsTable = True
flat:
End Function

' The one message of a session: a cell can show that Python does not answer, not why.
Private Sub Report(reason As String)
    Static reported As Boolean
    If reported Or Not Application.Visible Then Exit Sub ' nobody would close it
    reported = True
    MsgBox "The functions of microhedge show #VALUE! because Python does not answer:" & vbCrLf & vbCrLf & _
        reason & vbCrLf & vbCrLf & Advice(), vbExclamation, "microhedge"
End Sub
