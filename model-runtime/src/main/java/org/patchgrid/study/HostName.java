package org.patchgrid.study;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this machine calls itself, for messages. */
public final class HostName {
  private HostName() {}

  /** The name, or why it is not known. */
  public static String ofThisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "(of unknown name: " + e.getMessage() + ")";
    }
  }
}
