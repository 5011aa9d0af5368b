package cmd

// oldTools are the older names that the binary answers to, each through a link
// of that name.
func oldTools() []tool {
	return []tool{glanceTool(), watcherTool(), solumTool(), moganTool()}
}
