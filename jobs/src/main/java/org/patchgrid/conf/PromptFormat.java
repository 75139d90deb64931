package org.patchgrid.conf;

/** Whose fields a prompt file has. */
public enum PromptFormat {
  /** Patchgrid's own, as JSON lines, CSV or Parquet. */
  PATCHGRID("Patchgrid"),
  /** The CSV files of EAP-IG (hannamw/EAP-IG, hannamw/eap-ig-faithfulness). */
  EAP_IG("EAP-IG"),
  /** The JSON documents of auto-circuit (UFO-101/auto-circuit). */
  AUTO_CIRCUIT("auto-circuit"),
  /** Rows of the Mechanistic Interpretability Benchmark (mib-bench on Hugging Face). */
  MIB("MIB");

  private final String title;

  PromptFormat(String title) {
    this.title = title;
  }

  /** As its makers write it. */
  public String title() {
    return title;
  }

  /** As a study file writes it. */
  public String label() {
    return StudyConfigWriter.choice(this);
  }
}
