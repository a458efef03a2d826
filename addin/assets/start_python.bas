' The DLL of xlwings that starts Python, from where it was when this add-in was made, or beside Python.
Private Sub XLPyLoadDLL()
    Dim folder As Variant, python As String
    python = Interpreter()
    For Each folder In Array(LibraryFolder(), ParentFolder(python), ParentFolder(ParentFolder(python)))
        If folder <> "" Then
            If LoadLibrary(folder & "\" & XLPyDLLName) <> 0 Then Exit Sub
        End If
    Next folder
    Err.Raise 1000, , XLPyDLLName & " is not beside " & python
End Sub

' The interpreter by its full path and without a shell: nothing beside a workbook, and no PYTHONPATH,
' takes its place.
Private Function XLPyCommand() As String
    XLPyCommand = """" & Interpreter() & """ -E -P -B -c ""import xlwings; xlwings.serve('$(CLSID)')"""
End Function
